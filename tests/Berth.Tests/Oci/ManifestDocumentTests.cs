using System.Text.Json.Nodes;
using Berth.Oci;
using static Berth.Tests.Oci.ManifestText;

namespace Berth.Tests.Oci;

public sealed class ManifestDocumentTests
{
    [Fact]
    public void An_image_manifest_is_read_whole()
    {
        // The example of image-spec 1.1, manifest.md, with what the later sections add.
        var document = Parse($$"""
            {
              "schemaVersion": 2,
              "mediaType": "application/vnd.oci.image.manifest.v1+json",
              "artifactType": "application/vnd.example+type",
              "config": { "mediaType": "application/vnd.oci.image.config.v1+json", "size": 7023, "digest": "{{DigestA}}" },
              "layers": [
                { "mediaType": "application/vnd.oci.image.layer.v1.tar+gzip", "size": 32654, "digest": "{{DigestB}}",
                  "urls": ["https://example.com/a", "https://example.com/b"], "annotations": { "k": "v", "": "" }, "data": "eA==" },
                { "mediaType": "application/vnd.oci.image.layer.v1.tar+gzip", "size": 0, "digest": "{{DigestB}}" }
              ],
              "subject": { "mediaType": "application/vnd.oci.image.manifest.v1+json", "size": 7682, "digest": "{{DigestA}}" },
              "annotations": { "com.example.key1": "value1" },
              "x-unknown": { "deep": [1, true, null] }
            }
            """);
        Assert.Equal(MediaTypes.OciManifest, document.MediaType);
        Assert.False(document.IsIndex);
        Assert.Equal("application/vnd.example+type", document.ArtifactType);
        Assert.Equal(("application/vnd.oci.image.config.v1+json", 7023L, Digest.Parse(DigestA)),
            (document.Config!.MediaType, document.Config.Size, document.Config.Digest));
        Assert.Equal(["https://example.com/a", "https://example.com/b"], document.Layers[0].Urls);
        Assert.Equal(new Dictionary<string, string> { ["k"] = "v", [""] = "" }, document.Layers[0].Annotations);
        Assert.Equal(new Dictionary<string, string> { ["com.example.key1"] = "value1" }, document.Annotations);
        Assert.Equal([ReferenceKind.Config, ReferenceKind.ExternalLayer, ReferenceKind.Layer, ReferenceKind.Subject], document.References.Select(reference => reference.Kind));
        Assert.Equal(document.Layers[1], document.References.ElementAt(2).Descriptor);
    }

    [Fact]
    public void An_index_is_read_whole()
    {
        var child = Descriptor(MediaTypes.OciManifest)
            .With("platform", """{"os":"windows","architecture":"arm64","variant":"v8","os.version":"10.0","os.features":["win32k"]}""")
            .With("artifactType", "\"application/x\"");
        var document = Parse(Index().With("manifests", new JsonArray(child, Descriptor(MediaTypes.OciIndex).With("platform", "{}")).ToJsonString())
            .With("subject", Descriptor().ToJsonString()));
        Assert.True(document.IsIndex);
        Assert.Null(document.Config);
        Assert.Empty(document.Layers);
        Assert.Equal(new Platform("windows", "arm64", "v8", "10.0"), document.Manifests[0].Platform);
        Assert.Equal("application/x", document.Manifests[0].ArtifactType);
        Assert.Equal(new Platform("", ""), document.Manifests[1].Platform);
        Assert.Equal([ReferenceKind.Child, ReferenceKind.Child, ReferenceKind.Subject], document.References.Select(reference => reference.Kind));
    }

    [Theory]
    [InlineData("\"application/x\"", MediaTypes.OciImageConfig, "application/x")]
    [InlineData("absent", "application/vnd.example.config", "application/vnd.example.config")]
    [InlineData("\"\"", "application/vnd.example.config", "application/vnd.example.config")]
    [InlineData("null", MediaTypes.Empty, MediaTypes.Empty)]
    public void Referrers_show_the_artifact_type_or_else_the_type_of_the_config(string artifactType, string configType, string shown) =>
        Assert.Equal(shown, Parse(Image().With("config", Descriptor(configType).ToJsonString()).With("artifactType", artifactType)).EffectiveArtifactType);

    [Fact]
    public void An_index_without_an_artifact_type_shows_none() => Assert.Null(Parse(Index()).EffectiveArtifactType);

    [Theory]
    [InlineData(MediaTypes.OciManifest, MediaTypes.OciManifest)]
    [InlineData(MediaTypes.OciManifest, null)]
    [InlineData(null, MediaTypes.OciManifest)]
    [InlineData("Application/vnd.oci.IMAGE.manifest.v1+json", MediaTypes.OciManifest + "; charset=utf-8")]
    [InlineData("", MediaTypes.DockerManifest)]
    [InlineData(MediaTypes.DockerManifest, " ")]
    public void Body_and_header_tell_the_type_one_or_both(string? mediaType, string? contentType)
    {
        var document = Parse(Image().With("mediaType", mediaType is null ? "absent" : $"\"{mediaType}\""), contentType);
        Assert.Equal(MediaTypes.ManifestOf(string.IsNullOrEmpty(mediaType) ? contentType : mediaType), document.MediaType);
    }

    [Theory]
    [InlineData(null, null, "Neither Content-Type nor mediaType")]
    [InlineData(MediaTypes.OciManifest, MediaTypes.DockerManifest, "a manifest is one thing only")]
    [InlineData(MediaTypes.OciManifest, MediaTypes.OciIndex, "a manifest is one thing only")]
    [InlineData("application/json", null, "mediaType \"application/json\" is no manifest type")]
    [InlineData(MediaTypes.OciManifest + ";q=1", null, "is no manifest type")]
    [InlineData(MediaTypes.OciManifest, "application/json", "Content-Type \"application/json\" is no manifest type")]
    public void Types_that_are_missing_foreign_or_contradict_are_refused(string? mediaType, string? contentType, string message) =>
        Assert.Contains(message, Refusal(Image().With("mediaType", mediaType is null ? "absent" : $"\"{mediaType}\""), contentType));

    [Theory]
    [InlineData("manifests", "[]")]
    [InlineData("manifests", "{}")]
    public void An_image_that_is_an_index_too_is_refused(string field, string json) =>
        Assert.Contains("not both", Refusal(Image().With(field, json)));

    [Theory]
    [InlineData("layers", "[]")]
    [InlineData("config", "{}")]
    public void An_index_that_is_an_image_too_is_refused(string field, string json) =>
        Assert.Contains("not both", Refusal(Index().With(field, json)));

    [Fact]
    public void A_foreign_field_that_is_null_counts_as_absent() => Assert.Empty(Parse(Image().With("manifests", "null")).Manifests);

    [Theory]
    [InlineData("schemaVersion", "absent", "schemaVersion is missing")]
    [InlineData("schemaVersion", "3", "must be the number 2")]
    [InlineData("schemaVersion", "2.0", "must be the number 2")]
    [InlineData("schemaVersion", "\"2\"", "must be the number 2")]
    [InlineData("schemaVersion", "1", "schema 1")]
    [InlineData("fsLayers", "[]", "schema 1")]
    [InlineData("history", "[]", "schema 1")]
    [InlineData("signatures", "[]", "schema 1")]
    [InlineData("mediaType", "7", "mediaType is a JSON number; it must be a string")]
    [InlineData("config", "absent", "config is missing")]
    [InlineData("config", "null", "config is missing")]
    [InlineData("config", "[]", "config is a JSON array; it must be an object")]
    [InlineData("layers", "absent", "layers is missing")]
    [InlineData("layers", "{}", "layers is a JSON object; it must be an array of descriptors")]
    [InlineData("layers", "[1]", "layers[0] is a JSON number; it must be an object")]
    [InlineData("layers", "[null]", "layers[0] is a JSON null")]
    [InlineData("subject", "\"x\"", "subject is a JSON string")]
    [InlineData("annotations", "[]", "annotations is a JSON array")]
    [InlineData("annotations", "{\"a\":1}", "annotations[\"a\"] is a JSON number")]
    [InlineData("annotations", "{\"a\":null}", "annotations[\"a\"] is a JSON null")]
    [InlineData("artifactType", "true", "artifactType is a JSON boolean")]
    [InlineData("artifactType", "\"application/\\u0000x\"", "artifactType holds a control character")]
    [InlineData("artifactType", "\"application/x\\n\"", "artifactType holds a control character")]
    [InlineData("Layers", "[]", "Layers differs from layers only by case")]
    [InlineData("MEDIATYPE", "\"x\"", "MEDIATYPE differs from mediaType only by case")]
    [InlineData("\u017fubject", "{}", "differs from subject only by case")]
    public void A_wrong_field_of_an_image_is_named(string field, string json, string message) =>
        Assert.Contains(message, Refusal(Image().With(field, json)));

    [Theory]
    [InlineData("digest", "absent", "layers[0].digest is missing")]
    [InlineData("digest", "\"\"", "layers[0].digest is missing")]
    [InlineData("digest", "\"sha256:abc\"", "layers[0].digest \"sha256:abc\" is no digest")]
    [InlineData("digest", "5", "layers[0].digest is a JSON number")]
    [InlineData("size", "absent", "layers[0].size is missing")]
    [InlineData("size", "-1", "layers[0].size is \"-1\"")]
    [InlineData("size", "1.5", "layers[0].size is \"1.5\"")]
    [InlineData("size", "1e3", "layers[0].size is \"1e3\"")]
    [InlineData("size", "9223372036854775808", "layers[0].size is \"9223372036854775808\"")]
    [InlineData("size", "\"7\"", "layers[0].size is")]
    [InlineData("urls", "\"https://example.com\"", "layers[0].urls is a JSON string; it must be an array of strings")]
    [InlineData("urls", "[1]", "layers[0].urls[0] is a JSON number")]
    [InlineData("platform", "[]", "layers[0].platform is a JSON array")]
    [InlineData("platform", "{\"OS\":\"linux\"}", "layers[0].platform.OS differs from os only by case")]
    [InlineData("platform", "{\"os\":1}", "layers[0].platform.os is a JSON number")]
    [InlineData("Digest", "\"x\"", "layers[0].Digest differs from digest only by case")]
    [InlineData("annotations", "7", "layers[0].annotations is a JSON number")]
    public void A_wrong_field_of_a_descriptor_is_named_with_its_path(string field, string json, string message) =>
        Assert.Contains(message, Refusal(Image().With("layers", new JsonArray(Descriptor().With(field, json)).ToJsonString())));

    [Theory]
    [InlineData("size", "9223372036854775807")]
    [InlineData("size", "0")]
    [InlineData("data", "\"not even base64\"")]
    [InlineData("unknown", "[[[]]]")]
    [InlineData("urls", "null")]
    [InlineData("platform", "null")]
    [InlineData("annotations", "null")]
    public void What_a_descriptor_may_hold_is_left_alone(string field, string json) =>
        Assert.Single(Parse(Image().With("layers", new JsonArray(Descriptor().With(field, json)).ToJsonString())).Layers);

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    public void Layers_may_be_empty(string layers) => Assert.Empty(Parse(Image().With("layers", layers)).Layers);

    [Theory]
    [InlineData(255, true)]
    [InlineData(256, false)]
    public void A_media_type_has_at_most_255_characters(int length, bool taken)
    {
        var document = Image().With("artifactType", $"\"{new string('x', length)}\"");
        if (taken)
            Assert.Equal(length, Parse(document).ArtifactType!.Length);
        else
            Assert.Contains("artifactType is longer than 255 characters", Refusal(document));
    }

    [Fact]
    public void All_descriptors_together_are_limited_to_4096()
    {
        // config, layers and subject: 1 + 4094 + 1.
        var layers = Enumerable.Repeat(0, OciLimits.MaxManifestDescriptors - 2).Select(_ => Descriptor()).ToArray<JsonNode>();
        var document = Image().With("layers", new JsonArray(layers).ToJsonString()).With("subject", Descriptor().ToJsonString());
        Assert.Equal(OciLimits.MaxManifestDescriptors, Parse(document).References.Count());
        document["layers"]!.AsArray().Add(Descriptor());
        Assert.Contains("more than 4096 descriptors", Refusal(document));
    }

    [Fact]
    public void A_message_quotes_at_most_100_characters_and_no_control_character()
    {
        var message = Refusal(Image().With("mediaType", $"\"\\r\\n\\u001b[31m{new string('x', 5000)}\""));
        Assert.DoesNotContain(message, char.IsControl);
        Assert.InRange(message.Length, 100, 500);
    }
}

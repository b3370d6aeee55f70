using System.Text;
using System.Text.Json.Nodes;
using Berth.Oci;

namespace Berth.Tests.Oci;

/// <summary>Manifests as clients write them, to be changed in one place by a test.</summary>
internal static class ManifestText
{
    public const string DigestA = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    public const string DigestB = "sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

    public static JsonObject Image() => new()
    {
        ["schemaVersion"] = 2,
        ["mediaType"] = MediaTypes.OciManifest,
        ["config"] = Descriptor(MediaTypes.OciImageConfig),
        ["layers"] = new JsonArray(Descriptor("application/vnd.oci.image.layer.v1.tar+gzip")),
    };

    public static JsonObject Index() => new()
    {
        ["schemaVersion"] = 2,
        ["mediaType"] = MediaTypes.OciIndex,
        ["manifests"] = new JsonArray(Descriptor(MediaTypes.OciManifest)),
    };

    public static JsonObject Descriptor(string mediaType = "application/octet-stream", string digest = DigestA, long size = 7) =>
        new() { ["mediaType"] = mediaType, ["digest"] = digest, ["size"] = size };

    /// <summary>The document with one field set, or taken out where the value is <c>absent</c>.</summary>
    public static JsonObject With(this JsonObject document, string field, string json)
    {
        if (json == "absent")
            document.Remove(field);
        else
            document[field] = JsonNode.Parse(json);
        return document;
    }

    public static ManifestDocument Parse(string json, string? contentType = null) =>
        ManifestDocument.Parse(Encoding.UTF8.GetBytes(json), contentType);

    public static ManifestDocument Parse(JsonObject document, string? contentType = null) => Parse(document.ToJsonString(), contentType);

    /// <summary>Why the document is refused.</summary>
    public static string Refusal(string json, string? contentType = null) =>
        Assert.Throws<ManifestInvalidException>(() => Parse(json, contentType)).Message;

    public static string Refusal(JsonObject document, string? contentType = null) => Refusal(document.ToJsonString(), contentType);
}

using System.Text.Json;
using Berth.Oci;
using Berth.Pipelines;
using Berth.Tests.Pipelines;

namespace Berth.Tests.Fuzzing;

/// <summary>Documents: refused with a message for who sent them, or read as a plain reader of the same bytes reads them.</summary>
internal static class DocumentTargets
{
    private static readonly string[] Types = [MediaTypes.OciManifest, MediaTypes.OciIndex, MediaTypes.DockerManifest, MediaTypes.DockerManifestList];

    public static string Manifest(byte[] json)
    {
        var outcome = "";
        foreach (var type in Types.Prepend(null))
        {
            try
            {
                var read = ManifestDocument.Parse(json, type);
                AssertReadAsPlainly(json, type, read);
                outcome += $"{type?.Length}: {read.MediaType.Length}, {string.Join(' ', read.References.Select(reference => reference.Kind).Distinct())}; ";
            }
            catch (ManifestInvalidException refused)
            {
                Assert.DoesNotContain(refused.Message, char.IsControl);
                Assert.InRange(refused.Message.Length, 10, 1000);
                outcome += FuzzTarget.Shape(refused.Message) + "; ";
            }
        }
        return outcome;
    }

    public static string ImageConfig(byte[] json)
    {
        var labels = ImageLabels.Read(json);
        Assert.InRange(labels.Count, 0, ImageLabels.MaxLabels);
        Assert.All(labels, label => Assert.True(label.Key.Length is > 0 and <= ImageLabels.MaxLength && label.Value.Length <= ImageLabels.MaxLength && !label.Value.Contains('\0')));
        if (Berth.Oci.ImageConfig.TryParse(json) is not { } config)
            return "none";
        Assert.All(new[] { config.Os, config.Architecture, config.Variant, config.OsVersion }, text => Assert.True(text is null || (text.Length is > 0 and <= 128 && !text.Any(char.IsControl))));
        Assert.Equal(TimeSpan.Zero, config.Created?.Offset ?? TimeSpan.Zero);
        return $"{config.Os is null} {config.Architecture is null} {config.Variant is null} {config.OsVersion is null} {config.Created is null}";
    }

    public static string Pipeline(string text)
    {
        var result = PipelineFile.Parse(text);
        Assert.NotEqual(result.Definition is null, result.Errors.Count == 0);
        Assert.All(result.Errors, error => Assert.True(error.Line >= 1 && error.Column >= 1 && error.Message != ""));
        result.Definition?.Plan(PipelineText.Push("main"));
        // Without the path in front, which is of the input's own words.
        return result.Errors is [var first, ..] ? FuzzTarget.Shape(first.Message[(first.Message.IndexOf(' ') + 1)..]) : "taken";
    }

    /// <summary>What the other reader of a registry's manifests, a client, finds in the bytes: the same descriptors in the same places.</summary>
    private static void AssertReadAsPlainly(byte[] json, string? contentType, ManifestDocument read)
    {
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        var found = Descriptors(root, "config").Concat(Descriptors(root, "layers")).Concat(Descriptors(root, "manifests")).Concat(Descriptors(root, "subject"));
        Assert.Equal(found, read.References.Select(reference => (reference.Descriptor.MediaType, reference.Descriptor.Digest.ToString(), reference.Descriptor.Size)));
        Assert.Equal(2, root.GetProperty("schemaVersion").GetInt32());
        // Never both, whoever reads it (CVE-2021-41190).
        Assert.False(Has(root, "manifests") && (Has(root, "layers") || Has(root, "config")));
        Assert.Equal(read.Config is null, read.IsIndex);
        if (contentType is not null)
            Assert.Equal(contentType, read.MediaType);
        if (Text(root, "mediaType") is { Length: > 0 } inside)
            Assert.Equal(inside, read.MediaType, ignoreCase: true);
        Assert.Equal(Text(root, "artifactType") is { Length: > 0 } artifact ? artifact : null, read.ArtifactType);
        Assert.Equal(
            Has(root, "annotations") ? root.GetProperty("annotations").EnumerateObject().Select(pair => (pair.Name, pair.Value.GetString())) : [],
            read.Annotations.Select(pair => (pair.Key, (string?)pair.Value)));
    }

    private static IEnumerable<(string, string, long)> Descriptors(JsonElement root, string name)
    {
        if (!Has(root, name))
            return [];
        var value = root.GetProperty(name);
        return (value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().AsEnumerable() : [value])
            .Select(item => (item.GetProperty("mediaType").GetString()!, item.GetProperty("digest").GetString()!, item.GetProperty("size").GetInt64()));
    }

    private static bool Has(JsonElement root, string name) => root.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null;

    private static string? Text(JsonElement root, string name) => Has(root, name) ? root.GetProperty(name).GetString() : null;
}

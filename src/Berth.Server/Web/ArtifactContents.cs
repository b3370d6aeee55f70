using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Berth.Oci;
using Berth.Server.Images;
using Berth.Server.Web.Pages;

namespace Berth.Server.Web;

/// <summary>What artifacts hold, where it is text and small: signatures, SBOMs, attestations.</summary>
internal sealed class ArtifactContents(ImageManifests manifests)
{
    /// <summary>Characters of texts that the artifact's own page shows.</summary>
    public const int LargestShown = 64 * 1024;

    /// <summary>And in a list of several artifacts, together: a page stays below 100 KB.</summary>
    private const int ShownInList = 24 * 1024;

    /// <summary>Bytes of a layer that is read to be shown.</summary>
    private const int LargestRead = 1024 * 1024;

    private const int MostLayers = 5;
    private const int MostAnnotations = 8;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public async Task<List<ReferrerLine>> Lines(ImageHead head, ImageRow image, IEnumerable<ImageManifestRow> rows, CancellationToken cancellationToken)
    {
        var lines = new List<ReferrerLine>();
        var left = ShownInList;
        foreach (var row in rows)
        {
            var document = await manifests.ReadDocument(row, cancellationToken);
            var texts = document is null || left <= 0 ? [] : await Texts(image, document, left, cancellationToken);
            left -= texts.Sum(text => text.Text.Length);
            var type = row.ArtifactType ?? row.MediaType;
            lines.Add(new ReferrerLine(row.Address.ToString(), head.Manifest(row.Address.ToString()), type, ArtifactWords.Of(type), row.TotalSize, row.PublishedAt,
                [.. (document?.Annotations ?? new Dictionary<string, string>()).Take(MostAnnotations).Select(one => new Entry(one.Key, one.Value))], texts));
        }
        return lines;
    }

    /// <summary>The texts of an artifact's layers, up to so many characters together.</summary>
    public async Task<List<TextContent>> Texts(ImageRow image, ManifestDocument document, int most, CancellationToken cancellationToken)
    {
        var texts = new List<TextContent>();
        foreach (var layer in document.Layers.Where(layer => IsText(layer.MediaType)).Take(MostLayers))
        {
            if (most <= 0 || await manifests.ReadBlob(image, layer.Digest, LargestRead, cancellationToken) is not { } bytes || !Utf8.IsValid(bytes) || bytes.AsSpan().Contains((byte)0))
                continue;
            var text = Readable(bytes);
            var shown = text.Length <= most ? text : text[..most];
            most -= shown.Length;
            texts.Add(new TextContent(layer.MediaType, shown, layer.Size, shown.Length < text.Length));
        }
        return texts;
    }

    private static bool IsText(string mediaType) => mediaType.EndsWith("json", StringComparison.OrdinalIgnoreCase)
        || mediaType.StartsWith("text/", StringComparison.OrdinalIgnoreCase) || mediaType.EndsWith("+xml", StringComparison.OrdinalIgnoreCase);

    /// <summary>JSON indented, anything else as it is.</summary>
    private static string Readable(byte[] bytes)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = OciLimits.MaxManifestDepth });
            return JsonSerializer.Serialize(document.RootElement, Indented);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return Encoding.UTF8.GetString(bytes);
        }
    }
}

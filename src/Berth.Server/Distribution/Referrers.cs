using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Berth.Oci;
using Berth.Server.Access;
using Berth.Server.Database;

namespace Berth.Server.Distribution;

/// <summary>
/// What is attached to a manifest: the rows whose subject it is, whether it exists or not. A list that a client keeps under the tag
/// sha256-HEX, for registries without this, adds nothing: what it names and this repository has with that subject is among the rows,
/// since every manifest's subject is written down when it comes in, and the rest may not be listed.
/// </summary>
internal sealed class Referrers(MetadataDatabase database, ManifestContents contents)
{
    /// <summary>Descriptors in a page: so many that clients which read no second page (go-containerregistry 0.20) miss nothing usual.</summary>
    public const int PageSize = 500;

    /// <summary>Bytes after which a page ends; clients take a manifest of 4 MiB, and a referrer's annotations may be 8.</summary>
    private const int PageBytes = 2 * 1024 * 1024;

    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The index of referrers behind <paramref name="last"/>.</summary>
    /// <param name="access">To the repository; null for one that nothing was pushed to.</param>
    /// <param name="subject">What they are attached to.</param>
    /// <param name="artifactType">The only type wanted; null for all.</param>
    /// <param name="last">Where the page before ended; null for the first.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>The JSON, and the last digest in it if more follow.</returns>
    public async Task<(ReadOnlyMemory<byte> Json, Digest? Next)> Page(
        RepositoryAccess? access, Digest subject, string? artifactType, Digest? last, CancellationToken cancellationToken)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        await using var json = new Utf8JsonWriter(buffer, Readable);
        json.WriteStartObject();
        json.WriteNumber("schemaVersion", 2);
        json.WriteString("mediaType", MediaTypes.OciIndex);
        json.WriteStartArray("manifests");
        var next = access is null ? null : await WriteRows(json, access, subject, artifactType, last, cancellationToken);
        json.WriteEndArray();
        json.WriteEndObject();
        await json.FlushAsync(cancellationToken);
        return (buffer.WrittenMemory, next);
    }

    /// <summary>Annotations as their column holds them.</summary>
    public static string Text(IReadOnlyDictionary<string, string> annotations)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer, Readable);
        json.WriteStartObject();
        foreach (var (name, value) in annotations)
            json.WriteString(name, value);
        json.WriteEndObject();
        json.Flush();
        return System.Text.Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private async Task<Digest?> WriteRows(
        Utf8JsonWriter json, RepositoryAccess access, Digest subject, string? artifactType, Digest? last, CancellationToken cancellationToken)
    {
        access.Demand(RegistryActions.Pull);
        await using var connection = await database.OpenRead(cancellationToken);
        var parameters = new { repository = access.RepositoryId, subject = subject.ToBytes(), last = last?.ToBytes() ?? [], artifactType, limit = PageSize + 1 };
        var sql = artifactType is null ? ReferrerQueries.OfSubject : ReferrerQueries.OfArtifactType;
        var (count, written) = (0, (Digest?)null);
        await foreach (var row in connection.QueryUnbuffered<ReferrerRow>(sql, parameters).WithCancellation(cancellationToken))
        {
            if (count++ == PageSize || json.BytesCommitted + json.BytesPending > PageBytes)
                return written;
            var digest = Digest.FromBytes(row.Digest);
            Write(json, row, digest, row.Annotations ?? await AnnotationsOf(digest, row.MediaType, cancellationToken));
            written = digest;
        }
        return null;
    }

    private static void Write(Utf8JsonWriter json, ReferrerRow row, Digest digest, string annotations)
    {
        json.WriteStartObject();
        json.WriteString("mediaType", row.MediaType);
        json.WriteString("digest", digest.ToString());
        json.WriteNumber("size", row.Size);
        if (row.ArtifactType is not null)
            json.WriteString("artifactType", row.ArtifactType);
        if (annotations != "{}")
        {
            json.WritePropertyName("annotations");
            json.WriteRawValue(annotations, skipInputValidation: true);
        }
        json.WriteEndObject();
    }

    /// <summary>From the document of a manifest that came before its annotations were written down.</summary>
    private async Task<string> AnnotationsOf(Digest digest, string mediaType, CancellationToken cancellationToken) =>
        await contents.Read(digest, cancellationToken) is { } content ? Text(ManifestDocument.Parse(content, mediaType).Annotations) : "{}";

    private sealed record ReferrerRow(byte[] Digest, string MediaType, string? ArtifactType, long Size, string? Annotations);
}

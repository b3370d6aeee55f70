using Berth.Oci;
using Berth.Server.Access;
using Berth.Server.Database;

namespace Berth.Server.Lifecycle;

/// <summary>What else leads to a manifest, or hangs on it: for whoever is about to delete a tag.</summary>
internal sealed class ManifestRelations(MetadataDatabase database)
{
    /// <summary>Up to so many are counted of each kind.</summary>
    public const int MaxCounted = 1000;

    /// <summary>Null if there is no such tag.</summary>
    public async Task<Relations?> OfTag(ImagesAccess access, long repository, Tag tag, int first, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenRead(cancellationToken);
        var digest = await connection.QueryFirstOrDefault<byte[]>(ManifestRelationQueries.Digest, new { repository, tag = tag.ToString(), project = access.Project.Id }, cancellationToken);
        return digest is null ? null : await Read(connection, repository, digest, tag.ToString(), first, cancellationToken);
    }

    /// <summary>Null if there is no such manifest.</summary>
    public async Task<Relations?> OfManifest(ImagesAccess access, long repository, Digest digest, int first, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenRead(cancellationToken);
        var row = new { repository, digest = digest.ToBytes(), project = access.Project.Id };
        return await connection.QueryFirstOrDefault<byte[]>(ManifestRelationQueries.IsLive, row, cancellationToken) is null
            ? null
            : await Read(connection, repository, row.digest, "", first, cancellationToken);
    }

    private static async Task<Relations> Read(ReadConnection connection, long repository, byte[] digest, string but, int first, CancellationToken cancellationToken)
    {
        // One more than is counted, for the tag itself.
        var row = new { repository, digest, limit = MaxCounted + 1 };
        var tags = await connection.Query<string>(ManifestRelationQueries.Tags, row, cancellationToken);
        tags.Remove(but);
        var indexes = await connection.Query<byte[]>(ManifestRelationQueries.Indexes, row, cancellationToken);
        var referrers = await connection.Query<ReferrerRow>(ManifestRelationQueries.Referrers, row, cancellationToken);
        return new Relations(
            Digest.FromBytes(digest),
            Known<string>.Of(tags, first),
            Known<Digest>.Of(indexes.ConvertAll(index => Digest.FromBytes(index)), first),
            Known<(Digest, string?)>.Of(referrers.ConvertAll(referrer => (Digest.FromBytes(referrer.Digest), referrer.ArtifactType)), first));
    }

    private sealed record ReferrerRow(byte[] Digest, string? ArtifactType);
}

/// <summary>What else leads to a manifest, or hangs on it.</summary>
/// <param name="Digest">The manifest.</param>
/// <param name="Tags">Other tags of it.</param>
/// <param name="Indexes">Indexes that list it.</param>
/// <param name="Referrers">Manifests attached to it, as signatures are, with their artifact type.</param>
internal sealed record Relations(Digest Digest, Known<string> Tags, Known<Digest> Indexes, Known<(Digest Digest, string? ArtifactType)> Referrers);

/// <summary>The first of some things, and how many there are, as far as they are counted.</summary>
/// <param name="First">In order.</param>
/// <param name="Count">At most <see cref="ManifestRelations.MaxCounted"/>.</param>
/// <param name="IsMore">There are more than the count.</param>
internal sealed record Known<T>(IReadOnlyList<T> First, int Count, bool IsMore)
{
    public static Known<T> Of(List<T> found, int first) =>
        new(found.GetRange(0, Math.Min(first, found.Count)), Math.Min(found.Count, ManifestRelations.MaxCounted), found.Count > ManifestRelations.MaxCounted);
}

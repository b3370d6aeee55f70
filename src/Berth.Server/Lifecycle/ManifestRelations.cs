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
        return digest is null ? null : await Read(connection, repository, digest, [tag.ToString()], (first, MaxCounted), cancellationToken);
    }

    /// <summary>Null if there is no such manifest.</summary>
    public async Task<Relations?> OfManifest(ImagesAccess access, long repository, Digest digest, int first, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenRead(cancellationToken);
        var row = new { repository, digest = digest.ToBytes(), project = access.Project.Id };
        return await connection.QueryFirstOrDefault<byte[]>(ManifestRelationQueries.IsLive, row, cancellationToken) is null
            ? null
            : await Read(connection, repository, row.digest, [], (first, MaxCounted), cancellationToken);
    }

    /// <summary>
    /// Of the tags that are there of those named, manifest by manifest. A tag that is named is no other tag. <paramref name="counted"/>:
    /// how many of each kind are returned, and up to how many counted.
    /// </summary>
    public async Task<List<ChosenManifest>> OfTags(ImagesAccess access, long repository, IReadOnlyCollection<Tag> tags, (int First, int Most) counted, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenRead(cancellationToken);
        var names = tags.Select(tag => tag.ToString()).Distinct().ToArray();
        var rows = await connection.Query<ChosenRow>(ManifestRelationQueries.Chosen, new { repository, names, project = access.Project.Id }, cancellationToken);
        var chosen = new List<ChosenManifest>();
        foreach (var group in rows.GroupBy(row => Digest.FromBytes(row.Digest)))
        {
            var relations = await Read(connection, repository, group.First().Digest, names, counted, cancellationToken);
            chosen.Add(new ChosenManifest([.. group.Select(row => row.Name)], group.First().TotalSize, relations));
        }
        return chosen;
    }

    private static async Task<Relations> Read(ReadConnection connection, long repository, byte[] digest, string[] but, (int First, int Most) counted, CancellationToken cancellationToken)
    {
        // One more than is counted, and more for the tags themselves.
        var row = new { repository, digest, limit = counted.Most + 1 + but.Length };
        var tags = await connection.Query<string>(ManifestRelationQueries.Tags, row, cancellationToken);
        tags.RemoveAll(but.Contains);
        var indexes = await connection.Query<byte[]>(ManifestRelationQueries.Indexes, row, cancellationToken);
        var referrers = await connection.Query<ReferrerRow>(ManifestRelationQueries.Referrers, row, cancellationToken);
        return new Relations(
            Digest.FromBytes(digest),
            Known<string>.Of(tags, counted),
            Known<Digest>.Of(indexes.ConvertAll(index => Digest.FromBytes(index)), counted),
            Known<(Digest, string?)>.Of(referrers.ConvertAll(referrer => (Digest.FromBytes(referrer.Digest), referrer.ArtifactType)), counted));
    }

    private sealed record ChosenRow(string Name, byte[] Digest, long TotalSize);

    private sealed record ReferrerRow(byte[] Digest, string? ArtifactType);
}

/// <summary>A manifest, those of its tags that were named, and what else leads to it. Size in bytes, with all that it references.</summary>
internal sealed record ChosenManifest(IReadOnlyList<string> Tags, long TotalSize, Relations Relations);

/// <summary>What else leads to a manifest, or hangs on it.</summary>
/// <param name="Digest">The manifest.</param>
/// <param name="Tags">Other tags of it.</param>
/// <param name="Indexes">Indexes that list it.</param>
/// <param name="Referrers">Manifests attached to it, as signatures are, with their artifact type.</param>
internal sealed record Relations(Digest Digest, Known<string> Tags, Known<Digest> Indexes, Known<(Digest Digest, string? ArtifactType)> Referrers);

/// <summary>The first of some things, and how many there are, as far as they are counted.</summary>
/// <param name="First">In order.</param>
/// <param name="Count">As far as they were counted.</param>
/// <param name="IsMore">There are more than the count.</param>
internal sealed record Known<T>(IReadOnlyList<T> First, int Count, bool IsMore)
{
    public static Known<T> Of(List<T> found, (int First, int Most) counted) =>
        new(found.GetRange(0, Math.Min(counted.First, found.Count)), Math.Min(found.Count, counted.Most), found.Count > counted.Most);
}

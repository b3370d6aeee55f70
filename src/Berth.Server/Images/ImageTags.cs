using Berth.Oci;
using Berth.Server.Database;

namespace Berth.Server.Images;

/// <summary>A repository's tags as people list them: filtered, in an order, by keyset, so that the hundred thousandth page is as quick as the first.</summary>
internal sealed class ImageTags(MetadataDatabase database)
{
    /// <summary>Tags whose names a filter looks at for one page; what is behind them comes with the next. Some 10 ms on a busy machine.</summary>
    internal const int Scan = 10_000;

    /// <summary>Platforms that a page of tags reads; an index of more says only that it has several.</summary>
    private const int MostPlatforms = 1000;

    /// <summary>The page's tags, and where the next goes on; null if nothing is left.</summary>
    public async Task<(List<ImageTagRow> Tags, TagPosition? Next)> Page(ImageRow image, TagFilter filter, int size, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenRead(cancellationToken);
        var order = $"{filter.Sort.ToString().ToLowerInvariant()} {(filter.Descending ? "desc" : "asc")}";
        var parameters = filter.Parameters(image.Id, size + 1, Scan);
        var sql = Of(filter.IsRange ? ImageTagQueries.Pages : ImageTagQueries.FilteredPages, order);
        var rows = await connection.Query<ImageTagRow>(sql, parameters, cancellationToken);
        if (rows.Count > size)
            return (rows[..size], Position(rows[size - 1], filter.Sort));
        if (filter.IsRange)
            return (rows, null);
        var ends = await connection.Query<TagPosition>(Of(ImageTagQueries.ScanEnds, order), parameters, cancellationToken);
        return (rows, ends.Count == 2 ? ends[0] : null);
    }

    public async Task<ImageTagRow?> Find(ImageRow image, string tag, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenRead(cancellationToken);
        return await connection.QueryFirstOrDefault<ImageTagRow>(ImageTagQueries.One, new { repository = image.Id, tag }, cancellationToken);
    }

    /// <summary>Those of some tags that are there, by name.</summary>
    public async Task<List<ImageTagRow>> Find(ImageRow image, IReadOnlyList<string> tags, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenRead(cancellationToken);
        return await connection.Query<ImageTagRow>(ImageTagQueries.Of, new { repository = image.Id, tags }, cancellationToken);
    }

    /// <summary>The platforms of those tags that are indexes, by digest.</summary>
    public async Task<ILookup<Digest, string>> Platforms(ImageRow image, IEnumerable<ImageTagRow> tags, CancellationToken cancellationToken)
    {
        var parents = tags.Where(tag => MediaTypes.IsIndex(tag.MediaType)).Select(tag => tag.Digest).DistinctBy(Convert.ToHexString).ToArray();
        if (parents.Length == 0)
            return Array.Empty<PlatformRow>().ToLookup(row => default(Digest), row => row.Platform);
        await using var connection = await database.OpenRead(cancellationToken);
        var rows = await connection.Query<PlatformRow>(ImageTagQueries.Platforms, new { repository = image.Id, parents, limit = MostPlatforms }, cancellationToken);
        return rows.ToLookup(row => Digest.FromBytes(row.Parent), row => row.Platform);
    }

    /// <summary>Those of some digests that cosign signed by a tag.</summary>
    public async Task<HashSet<Digest>> SignedByTag(ImageRow image, IReadOnlyCollection<Digest> digests, CancellationToken cancellationToken)
    {
        if (digests.Count == 0)
            return [];
        await using var connection = await database.OpenRead(cancellationToken);
        var known = await connection.Query<TaggedManifest>(
            ImageManifestQueries.KnownTags, new { repository = image.Id, tags = digests.Select(CosignTags.SignatureOf).Distinct().ToArray() }, cancellationToken);
        var names = known.Select(tag => tag.Tag).ToHashSet(StringComparer.Ordinal);
        return [.. digests.Where(digest => names.Contains(CosignTags.SignatureOf(digest)))];
    }

    private static TagPosition Position(ImageTagRow row, TagSort sort) => new(row.Tag, sort switch
    {
        TagSort.Published => row.PublishedAt,
        TagSort.Size => row.Size,
        _ => 0,
    });

    private static string Of((string Order, string Sql)[] queries, string order) => Array.Find(queries, query => query.Order == order).Sql;

    private sealed record PlatformRow(byte[] Parent, string Platform);
}

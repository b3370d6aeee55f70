using Berth.Server.Access;
using Berth.Server.Access.Places;
using Berth.Server.Access.Registry;
using Berth.Server.Database;

namespace Berth.Server.Images;

/// <summary>
/// Search over the images that a caller may pull. What begins with the text is a range of an index. If few rows are in it, they are read
/// and those that the caller may see are the answer. If many, they may all be another's: then the caller's own images are gone through
/// by name instead, a limited number for each page. So no page costs more for how much there is, or for who asks.
/// </summary>
internal sealed class ImageSearch(MetadataDatabase database, TimeProvider time)
{
    /// <summary>Few: as much as is read and judged in some 10 ms.</summary>
    private const int Few = 400;

    /// <summary>Images gone through for one page.</summary>
    private const int MaxImages = 1000;

    private const int Chunk = 250;

    /// <summary>A page of what is found, in the order of the images' names. It may hold fewer than the limit, even none, where <c>Next</c> goes on.</summary>
    public async Task<SearchPage> Find(Caller caller, ImageSearchQuery query, SearchCursor? cursor, int limit, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenRead(cancellationToken);
        var memberships = await Memberships.Read(connection, caller, time.Micros(), cancellationToken);
        var (everywhere, _, _) = Sql(query.Kind);
        var rows = await connection.Query<SearchRow>(everywhere, new { from = query.From, end = query.End, key = query.Key, limit = Few + 1 }, cancellationToken);
        return rows.Count <= Few
            ? await Judge(connection, memberships, (query.Kind, cursor, limit), rows, cancellationToken)
            : await GoThrough(connection, memberships, (query, cursor, limit), cancellationToken);
    }

    private static async Task<SearchPage> Judge(
        ReadConnection connection, Memberships memberships, (SearchKind Kind, SearchCursor? After, int Limit) page, List<SearchRow> rows, CancellationToken cancellationToken)
    {
        var ids = rows.Where(row => row.IsLive != 0).Select(row => row.RepositoryId).Distinct().ToArray();
        if (ids.Length == 0)
            return SearchPage.Empty;
        var images = (await VisibleImages.Of(connection, memberships, ids, cancellationToken)).Where(image => Shows(page.Kind, image)).ToDictionary(image => image.RepositoryId);
        var found = rows.Where(row => row.IsLive != 0 && images.ContainsKey(row.RepositoryId)).Select(row => new SearchResult(page.Kind, images[row.RepositoryId], row))
            .DistinctBy(result => (result.Image.RepositoryId, result.Row.Tag, result.DigestHex))
            .Where(result => page.After is null || Compare(result.Cursor, page.After) > 0)
            .Order(Comparer<SearchResult>.Create((one, other) => Compare(one.Cursor, other.Cursor))).Take(page.Limit + 1).ToList();
        return SearchPage.Of(found, page.Limit);
    }

    private static async Task<SearchPage> GoThrough(
        ReadConnection connection, Memberships memberships, (ImageSearchQuery Query, SearchCursor? After, int Limit) page, CancellationToken cancellationToken)
    {
        var (query, after, limit) = page;
        var (_, matching, within) = Sql(query.Kind);
        var found = new List<SearchResult>();
        var range = new PathRange(after is null ? "" : after.Ended ? after.ImageName : PathRange.At(after.ImageName).From, VisibleImages.End);
        for (var seen = 0; seen < MaxImages; seen += Chunk)
        {
            var (images, more) = await VisibleImages.Page(connection, memberships, range, Chunk, tagged: false, cancellationToken);
            if (images.Count == 0)
                return SearchPage.Of(found, limit);
            var ids = await connection.Query<long>(matching, new { from = query.From, end = query.End, key = query.Key, ids = images.Select(image => image.RepositoryId).ToArray() }, cancellationToken);
            var matched = ids.ToHashSet();
            foreach (var image in images.Where(image => matched.Contains(image.RepositoryId) && Shows(query.Kind, image)))
            {
                var at = after?.ImageName == image.ImageName ? after : null;
                var rows = await connection.Query<SearchRow>(within, new
                {
                    from = query.From,
                    end = query.End,
                    key = query.Key,
                    repository = image.RepositoryId,
                    after = at?.Text ?? "",
                    afterCommit = at?.Text.Split('/')[0] ?? "",
                    afterTag = at?.Text.Split('/')[^1] ?? "",
                    afterDigest = Convert.FromHexString(at?.DigestHex ?? ""),
                    limit = limit + 1 - found.Count,
                }, cancellationToken);
                found.AddRange(rows.Select(row => new SearchResult(query.Kind, image, row)));
                if (found.Count > limit)
                    return SearchPage.Of(found, limit);
            }
            if (!more)
                return SearchPage.Of(found, limit);
            range = range with { From = images[^1].ImageName };
        }
        return new SearchPage(found, new SearchCursor(range.From, Ended: true, "", "").ToString());
    }

    /// <summary>Which commit pushed an image is for those who see the project's pipelines.</summary>
    private static bool Shows(SearchKind kind, VisibleImage image) => kind != SearchKind.Commit || image.SeesPipelines;

    private static int Compare(SearchCursor one, SearchCursor other)
    {
        var order = string.CompareOrdinal(one.ImageName, other.ImageName);
        if (order == 0)
            order = one.Ended.CompareTo(other.Ended);
        if (order == 0)
            order = string.CompareOrdinal(one.Text, other.Text);
        return order == 0 ? string.CompareOrdinal(one.DigestHex, other.DigestHex) : order;
    }

    private static (string Everywhere, string Matching, string Within) Sql(SearchKind kind) => kind switch
    {
        SearchKind.Repository => (SearchQueries.RepositoriesEverywhere, SearchQueries.RepositoriesMatching, SearchQueries.RepositoriesWithin),
        SearchKind.Tag => (SearchQueries.TagsEverywhere, SearchQueries.TagsMatching, SearchQueries.TagsWithin),
        SearchKind.Digest => (SearchQueries.DigestsEverywhere, SearchQueries.DigestsMatching, SearchQueries.DigestsWithin),
        SearchKind.Commit => (SearchQueries.CommitsEverywhere, SearchQueries.CommitsMatching, SearchQueries.CommitsWithin),
        SearchKind.Label => (SearchQueries.LabelsEverywhere, SearchQueries.LabelsMatching, SearchQueries.LabelsWithin),
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };
}

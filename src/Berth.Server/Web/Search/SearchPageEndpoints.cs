using Berth.Oci;
using Berth.Server.Access;
using Berth.Server.Http;
using Berth.Server.Images;
using Berth.Server.Projects;

namespace Berth.Server.Web.Search;

/// <summary>/-/search: projects, groups, images, tags, digests, commits and labels that somebody may see, a few of each or one kind page by page.</summary>
internal static class SearchPageEndpoints
{
    public const string Path = "/-/search";

    private const int Few = 6;
    private const int PageSize = 40;

    public static void MapSearchPage(this IEndpointRouteBuilder routes) => routes.MapGet(Path, Search).WithMetadata(new AccessRule.Page());

    private static async Task<IResult> Search(PageAccess access, HttpContext context, ImageSearch images, ApiLists lists, TimeProvider time)
    {
        var (text, kind) = (PageQuery.Text(context, "q").Trim(), PageQuery.Text(context, "kind"));
        if (SearchView.Kinds.All(known => known.Kind != kind))
            kind = "";
        var sections = new List<FoundSection>();
        if (text.Length > 0)
        {
            if (kind is "" or "project")
                sections.Add(await Projects(access, context, lists, text, kind.Length > 0));
            if (kind is "" or "group")
                sections.Add(await Groups(access, context, lists, text, kind.Length > 0));
            foreach (var one in Enum.GetValues<SearchKind>().Where(one => kind.Length == 0 || Word(one) == kind))
            {
                if (ImageSearchQuery.TryParse(one, text, out var query))
                    sections.Add(await Images(access, context, images, query, text, kind.Length > 0));
            }
        }
        return PageResult.Of<SearchResultsPage>(Viewer.Of(access.Session, time), new SearchView(text, kind, [.. sections.Where(section => section.Lines.Count > 0 || section.More is not null)],
            text.Length > 0 && kind.Length > 0 && sections.Count == 0 ? Problem(kind) : null));
    }

    private static async Task<FoundSection> Projects(PageAccess access, HttpContext context, ApiLists lists, string text, bool whole)
    {
        var filter = Filter(context, text, whole);
        var (rows, counted) = await lists.Projects(access.Caller, filter, context.RequestAborted);
        return new FoundSection("project", "Projects", [.. rows.Select(row => new FoundLine($"/{row.FullPath}", row.FullPath, row.Name == row.Path ? null : row.Name, null))], More(text, "project", filter, counted, whole));
    }

    private static async Task<FoundSection> Groups(PageAccess access, HttpContext context, ApiLists lists, string text, bool whole)
    {
        var filter = Filter(context, text, whole);
        var (rows, counted) = await lists.Groups(access.Caller, filter, context.RequestAborted);
        return new FoundSection("group", "Groups", [.. rows.Select(row => new FoundLine($"/{row.FullPath}", row.FullPath, null, null))], More(text, "group", filter, counted, whole));
    }

    private static ListFilter Filter(HttpContext context, string text, bool whole) => new(whole ? PageQuery.Page(context, PageSize) : new ApiPage(1, Few))
    {
        Pattern = LikePattern.Holding(text),
        Order = "path",
        IsCounted = false,
    };

    private static string? More(string text, string kind, ListFilter filter, int counted, bool whole)
    {
        var url = SearchView.Url(text, kind, null);
        var next = PageQuery.Next(url, filter.Page, counted);
        return whole || next is null ? next : url;
    }

    private static async Task<FoundSection> Images(PageAccess access, HttpContext context, ImageSearch images, ImageSearchQuery query, string text, bool whole)
    {
        var word = Word(query.Kind);
        var after = whole ? SearchCursor.Parse(PageQuery.Text(context, "cursor")) : null;
        var page = await images.Find(access.Caller, query, after, whole ? PageSize : Few, context.RequestAborted);
        var more = page.Next is { } next ? SearchView.Url(text, word, whole ? $"cursor={next}" : null) : null;
        return new FoundSection(word, SearchView.Kinds.First(known => known.Kind == word).Title, [.. page.Results.Select(result => Line(result, query))], more);
    }

    private static FoundLine Line(SearchResult result, ImageSearchQuery query)
    {
        var (image, row) = (result.Image, result.Row);
        var address = FormattableString.Invariant($"/{image.Project.Path}/-/container_registry/{image.RepositoryId}");
        var digest = row.Digest is null ? null : Digest.FromBytes(row.Digest).ToString();
        return result.Kind switch
        {
            SearchKind.Repository => new(address, image.ImageName, null, row.PublishedAt),
            SearchKind.Tag => new($"{address}/tags/{row.Tag}", $"{image.ImageName}:{row.Tag}", null, row.PublishedAt),
            SearchKind.Commit => new($"{address}/tags/{row.Tag}", $"{image.ImageName}:{row.Tag}", $"{row.Ref} at {row.Sha}", row.PublishedAt),
            SearchKind.Digest => new($"{address}/manifests/{digest}", $"{image.ImageName}{(row.Tag is null ? "" : ":" + row.Tag)}", digest, row.PublishedAt),
            SearchKind.Label => new($"{address}/manifests/{digest}", $"{image.ImageName}{(row.Tag is null ? "@" + digest : ":" + row.Tag)}", $"{query.Key}={row.Label}", row.PublishedAt),
            _ => throw new ArgumentOutOfRangeException(nameof(result)),
        };
    }

    private static string Word(SearchKind kind) => kind.ToString().ToLowerInvariant();

    private static string Problem(string kind) => kind switch
    {
        "digest" => $"A digest is looked for by its first hexadecimal digits, at least {ImageSearchQuery.MinHex}, with or without sha256:.",
        "commit" => $"A commit is looked for by its first hexadecimal digits, at least {ImageSearchQuery.MinHex}.",
        "tag" => "No tag begins so: tags are letters, digits, '.', '_' and '-'.",
        _ => "Nothing of this kind can begin so.",
    };
}

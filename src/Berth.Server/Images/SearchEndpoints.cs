using Berth.Server.Access;
using Berth.Server.Configuration;
using Berth.Server.Http;

namespace Berth.Server.Images;

/// <summary>/api/v4/registry/search: Berth's own, beside GitLab's routes (docs/api-images.md).</summary>
internal static class SearchEndpoints
{
    public static void MapSearch(this IEndpointRouteBuilder routes) => routes.MapGet("/api/v4/registry/search", Search).WithSummary("Searches repositories, tags, digests, commits and labels").Produces<ApiSearchResult[]>().WithMetadata(new AccessRule.Api(RepositoryEndpoints.Reads)).WithMetadata(new ApiParameter("q", "What is looked for: the start of a name, tag, digest, commit, or key=value of a label."), new ApiParameter("kind", "Only this kind: repository, tag, digest, commit or label."), new ApiParameter("cursor", "With kind: where the page before ended, as its Link says."), new ApiParameter("per_page", "Results a page, or of each kind."));

    private static async Task<IResult> Search(ApiAccess access, HttpContext context, ImageSearch search, BerthSettings settings, CancellationToken cancellationToken)
    {
        var query = context.Request.Query;
        var (text, word, cursor) = (query["q"].ToString(), query["kind"].ToString(), query["cursor"].ToString());
        if (text.Length == 0)
            return ApiError.BadRequest("q is missing");
        SearchKind? only = null;
        if (word.Length > 0 && (only = KindOf(word)) is null)
            return ApiError.BadRequest("kind does not have a valid value: it is repository, tag, digest, commit or label");
        SearchCursor? after = null;
        if (cursor.Length > 0 && (only is null || (after = SearchCursor.Parse(cursor)) is null))
            return ApiError.BadCursor;
        var limit = ApiKeyset.Size(context.Request);
        var views = new List<ApiSearchResult>();
        string? next = null;
        foreach (var kind in only is { } one ? [one] : Enum.GetValues<SearchKind>())
        {
            if (ImageSearchQuery.TryParse(kind, text, out var wanted))
            {
                var page = await search.Find(access.Caller, wanted, after, limit, cancellationToken);
                views.AddRange(page.Results.Select(result => new ApiSearchResult(result, wanted, settings)));
                next = page.Next;
            }
            else if (only is not null)
            {
                return ApiError.BadRequest($"q is invalid: nothing of the kind {word} begins so{(kind is SearchKind.Digest or SearchKind.Commit ? $"; at least {ImageSearchQuery.MinHex} hexadecimal digits are needed" : "")}");
            }
        }
        ApiKeyset.WriteHeaders(context, settings, "cursor", only is null ? null : next);
        return Results.Json(views);
    }

    private static SearchKind? KindOf(string word) => word switch
    {
        "repository" => SearchKind.Repository,
        "tag" => SearchKind.Tag,
        "digest" => SearchKind.Digest,
        "commit" => SearchKind.Commit,
        "label" => SearchKind.Label,
        _ => null,
    };
}

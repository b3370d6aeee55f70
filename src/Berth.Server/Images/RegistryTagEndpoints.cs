using Berth.Oci;
using Berth.Server.Access;
using Berth.Server.Configuration;
using Berth.Server.Http;

namespace Berth.Server.Images;

/// <summary>/api/v4/projects/:id/registry/repositories/:repository_id/tags, as GitLab's: by pages, or by keyset with last and sort.</summary>
internal static class RegistryTagEndpoints
{
    private const string Path = "/api/v4/projects/{id}/registry/repositories/{repository:long}/tags";

    public static void MapRegistryTags(this IEndpointRouteBuilder routes)
    {
        var rule = new AccessRule.ProjectImages(RepositoryEndpoints.Reads, Anonymous: true);
        routes.MapGet(Path, List).WithSummary("Lists a repository's tags").Produces<ApiTag[]>().WithMetadata(rule).WithMetadata(ApiParameter.Paging).WithMetadata(new ApiParameter("pagination", "keyset: by last and sort instead of page."), new ApiParameter("last", "With keyset: the tag that the page before ended with."), new ApiParameter("sort", "With keyset: asc (if not given) or desc, by name."));
        routes.MapGet(Path + "/{tag}", Get).WithSummary("Shows a tag").Produces<ApiTagDetails>().WithMetadata(rule);
    }

    private static async Task<IResult> List(ImagesAccess access, long repository, HttpContext context, RegistryRepositories repositories, BerthSettings settings, CancellationToken cancellationToken)
    {
        if (await repositories.Find(access, repository, cancellationToken) is not { } row)
            return ApiError.NotFound("Repository");
        var tags = ApiKeyset.IsAsked(context.Request)
            ? await Behind(row, context, repositories, settings, cancellationToken)
            : await At(row, context, repositories, settings, cancellationToken);
        return tags is null ? ApiError.BadRequest("sort does not have a valid value") : Results.Json(tags.Select(tag => new ApiTag(row, tag, settings)));
    }

    private static async Task<List<string>> At(RepositoryRow row, HttpContext context, RegistryRepositories repositories, BerthSettings settings, CancellationToken cancellationToken)
    {
        var page = ApiPage.Of(context.Request);
        page.WriteHeaders(context, settings, (int)Math.Min(row.TagCount, page.Needed));
        return await repositories.TagsAt(row, page, cancellationToken);
    }

    /// <summary>Null if it is not said how.</summary>
    private static async Task<IEnumerable<string>?> Behind(RepositoryRow row, HttpContext context, RegistryRepositories repositories, BerthSettings settings, CancellationToken cancellationToken)
    {
        var query = context.Request.Query;
        var sort = query["sort"].ToString();
        if (sort is not ("" or "asc" or "desc"))
            return null;
        var size = ApiKeyset.Size(context.Request);
        // No tag holds a NUL and PostgreSQL takes none; what stands behind it cannot change the order among tags.
        var tags = await repositories.Tags(row, query["last"].ToString().Split('\0')[0], sort == "desc", size + 1, cancellationToken);
        return ApiKeyset.Page(context, settings, "last", tags, tag => tag);
    }

    private static async Task<IResult> Get(ImagesAccess access, long repository, string tag, RegistryRepositories repositories, BerthSettings settings, CancellationToken cancellationToken)
    {
        if (await repositories.Find(access, repository, cancellationToken) is not { } row)
            return ApiError.NotFound("Repository");
        return Tag.TryParse(tag, out var name) && await repositories.Tag(row, name.ToString(), cancellationToken) is { } found
            ? Results.Json(new ApiTagDetails(row, found, settings))
            : ApiError.NotFound("Tag");
    }
}

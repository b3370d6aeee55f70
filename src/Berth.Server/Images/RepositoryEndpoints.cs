using Berth.Server.Access;
using Berth.Server.Configuration;
using Berth.Server.Http;

namespace Berth.Server.Images;

/// <summary>Repositories of images under /api/v4, as GitLab's: of a project, of a group, and one by its number.</summary>
internal static class RepositoryEndpoints
{
    public const TokenScopes Reads = TokenScopes.Api | TokenScopes.ReadApi;

    /// <summary>With tags=true: so many of each repository, and of all in one answer. Those behind are in the list of tags.</summary>
    private const int MaxTags = 1000, MaxTagsInAll = 10_000;

    public static void MapRepositories(this IEndpointRouteBuilder routes)
    {
        // As GitLab's: the list of a public project is for everyone, a repository by its number for those with an account.
        routes.MapGet("/api/v4/projects/{id}/registry/repositories", OfProject).WithSummary("Lists a project's repositories of images").Produces<ApiRepository[]>().WithMetadata(new AccessRule.ProjectImages(Reads, Anonymous: true)).WithMetadata(ApiParameter.Paging).WithMetadata(new ApiParameter("tags", "true: with the tags of each."), new ApiParameter("tags_count", "true: with how many tags each has."));
        routes.MapGet("/api/v4/groups/{id}/registry/repositories", OfGroup).WithSummary("Lists the repositories of images of a group's projects").Produces<ApiRepository[]>().WithMetadata(new AccessRule.Group(Reads, AccessLevel.None)).WithMetadata(ApiParameter.Paging);
        routes.MapGet("/api/v4/registry/repositories/{repository}", Get).WithSummary("Shows a repository of images").Produces<ApiRepository>().WithMetadata(new AccessRule.ProjectImages(Reads, OfRepository: true)).WithMetadata(new ApiParameter("tags", "true: with its tags."), new ApiParameter("tags_count", "true: with how many tags it has."), new ApiParameter("size", "true: with its bytes."));
    }

    private static async Task<IResult> OfProject(ImagesAccess access, HttpContext context, RegistryRepositories repositories, BerthSettings settings, CancellationToken cancellationToken)
    {
        var page = ApiPage.Of(context.Request);
        var (rows, counted) = await repositories.OfProject(access, page, cancellationToken);
        page.WriteHeaders(context, settings, counted);
        var views = new List<ApiRepository>();
        var left = MaxTagsInAll;
        foreach (var row in rows)
        {
            var view = new ApiRepository(row, settings, access.DeletesRepositories);
            left -= await Complete(view, row, context.Request.Query, (repositories, settings, left), cancellationToken);
            views.Add(view);
        }
        return Results.Json(views);
    }

    private static async Task<IResult> OfGroup(GroupAccess access, HttpContext context, RegistryRepositories repositories, BerthSettings settings, CancellationToken cancellationToken)
    {
        var page = ApiPage.Of(context.Request);
        var (rows, counted) = await repositories.OfGroup(access, page, cancellationToken);
        page.WriteHeaders(context, settings, counted);
        return Results.Json(rows.Select(row => new ApiRepository(row, settings, deletable: false)));
    }

    private static async Task<IResult> Get(ImagesAccess access, long repository, HttpContext context, RegistryRepositories repositories, BerthSettings settings, CancellationToken cancellationToken)
    {
        if (await repositories.Find(access, repository, cancellationToken) is not { } row)
            return ApiError.NotFound("Repository");
        var view = new ApiRepository(row, settings, access.DeletesRepositories);
        await Complete(view, row, context.Request.Query, (repositories, settings, MaxTagsInAll), cancellationToken);
        if (ApiFlags.IsSet(context.Request.Query, "size"))
            view.Size = row.Size;
        return Results.Json(view);
    }

    /// <summary>Adds what the query asks for; returns how many tags that was.</summary>
    private static async Task<int> Complete(
        ApiRepository view, RepositoryRow row, IQueryCollection query, (RegistryRepositories Repositories, BerthSettings Settings, int Left) with, CancellationToken cancellationToken)
    {
        if (ApiFlags.IsSet(query, "tags_count"))
            view.TagsCount = row.TagCount;
        if (!ApiFlags.IsSet(query, "tags"))
            return 0;
        var tags = with.Left <= 0 ? [] : await with.Repositories.Tags(row, "", descending: false, Math.Min(MaxTags, with.Left), cancellationToken);
        view.Tags = tags.Select(tag => new ApiTag(row, tag, with.Settings));
        return tags.Count;
    }
}

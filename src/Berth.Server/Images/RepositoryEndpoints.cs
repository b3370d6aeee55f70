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
        routes.MapGet("/api/v4/projects/{id}/registry/repositories", OfProject).WithMetadata(new AccessRule.ProjectImages(Reads, Anonymous: true));
        routes.MapGet("/api/v4/groups/{id}/registry/repositories", OfGroup).WithMetadata(new AccessRule.Group(Reads, AccessLevel.None));
        routes.MapGet("/api/v4/registry/repositories/{repository}", Get).WithMetadata(new AccessRule.ProjectImages(Reads, OfRepository: true));
    }

    private static async Task<IResult> OfProject(ImagesAccess access, HttpContext context, RegistryRepositories repositories, BerthSettings settings, CancellationToken cancellationToken)
    {
        var page = ApiPage.Of(context.Request);
        var (rows, counted) = await repositories.OfProject(access, page, cancellationToken);
        page.WriteHeaders(context, settings, counted);
        var views = new List<object>();
        var left = MaxTagsInAll;
        foreach (var row in rows)
        {
            var view = RepositoryView.Of(row, settings, access.DeletesRepositories);
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
        return Results.Json(rows.Select(row => RepositoryView.Of(row, settings, deletable: false)));
    }

    private static async Task<IResult> Get(ImagesAccess access, long repository, HttpContext context, RegistryRepositories repositories, BerthSettings settings, CancellationToken cancellationToken)
    {
        if (await repositories.Find(access, repository, cancellationToken) is not { } row)
            return ApiError.NotFound("Repository");
        var view = RepositoryView.Of(row, settings, access.DeletesRepositories);
        await Complete(view, row, context.Request.Query, (repositories, settings, MaxTagsInAll), cancellationToken);
        if (ApiFlags.IsSet(context.Request.Query, "size"))
            view["size"] = row.Size;
        return Results.Json(view);
    }

    /// <summary>Adds what the query asks for; returns how many tags that was.</summary>
    private static async Task<int> Complete(
        Dictionary<string, object?> view, RepositoryRow row, IQueryCollection query, (RegistryRepositories Repositories, BerthSettings Settings, int Left) with, CancellationToken cancellationToken)
    {
        if (ApiFlags.IsSet(query, "tags_count"))
            view["tags_count"] = row.TagCount;
        if (!ApiFlags.IsSet(query, "tags"))
            return 0;
        var tags = with.Left <= 0 ? [] : await with.Repositories.Tags(row, "", descending: false, Math.Min(MaxTags, with.Left), cancellationToken);
        view["tags"] = tags.Select(tag => RepositoryView.Tag(row, tag, with.Settings));
        return tags.Count;
    }
}

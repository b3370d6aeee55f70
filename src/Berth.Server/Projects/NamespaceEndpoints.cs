using Berth.Server.Access;
using Berth.Server.Configuration;
using Berth.Server.Http;

namespace Berth.Server.Projects;

/// <summary>/api/v4/namespaces and /api/v4/users/:id/projects, as GitLab's: where one's projects can be.</summary>
internal static class NamespaceEndpoints
{
    public static void MapNamespaces(this IEndpointRouteBuilder routes)
    {
        var read = new AccessRule.Api(TokenScopes.Api | TokenScopes.ReadApi);
        routes.MapGet("/api/v4/namespaces", List).WithSummary("Lists namespaces").WithMetadata(read).WithMetadata(ApiParameter.Paging);
        routes.MapGet("/api/v4/namespaces/{id}", Get).WithSummary("Shows a namespace").WithMetadata(read);
        routes.MapGet("/api/v4/users/{user}/projects", ProjectsOfUser).WithSummary("Lists a user's projects").WithMetadata(read).WithMetadata(ApiParameter.Paging);
    }

    private static async Task<IResult> List(ApiAccess access, HttpContext context, NamespaceList namespaces, BerthSettings settings)
    {
        var query = context.Request.Query;
        bool Flag(string name) => ApiFlags.IsSet(query, name);
        var page = ApiPage.Of(context.Request);
        var (rows, counted) = await namespaces.Page(access.Caller, page, LikePattern.Holding(query["search"]), Flag("owned_only"), Flag("top_level_only"), context.RequestAborted);
        page.WriteHeaders(context, settings, counted);
        return Results.Json(rows.Select(row => View(row, settings)));
    }

    private static async Task<IResult> Get(ApiAccess access, string id, NamespaceList namespaces, BerthSettings settings, CancellationToken cancellationToken) =>
        await namespaces.Find(access.Caller, Uri.UnescapeDataString(id), cancellationToken) is { } found ? Results.Json(View(found, settings)) : ApiError.NotFound("Namespace");

    /// <summary>Those in the user's own namespace that the caller sees; the user by number or name.</summary>
    private static async Task<IResult> ProjectsOfUser(ApiAccess access, string user, HttpContext context, Users users, ApiLists lists, BerthSettings settings)
    {
        var found = long.TryParse(user, out var id) ? await users.Find(id, context.RequestAborted) : await users.FindByName(user, context.RequestAborted);
        if (found?.NamespaceId is not { } space)
            return ApiError.NotFound("User");
        var filter = ListFilter.Of(context.Request, "id", descending: true) with { Within = space };
        var (rows, counted) = await lists.Projects(access.Caller, filter, context.RequestAborted);
        filter.Page.WriteHeaders(context, settings, counted);
        return Results.Json(rows.Select(row => ProjectEndpoints.View(row, settings)));
    }

    private static object View(NamespaceRow row, BerthSettings settings) => new
    {
        id = row.Id,
        name = row.Name,
        path = row.Path,
        kind = row.Kind == (long)NamespaceKind.User ? "user" : "group",
        full_path = row.FullPath,
        parent_id = row.ParentId,
        avatar_url = (string?)null,
        web_url = row.Kind == (long)NamespaceKind.User ? $"{settings.ExternalOrigin}/{row.FullPath}" : $"{settings.ExternalOrigin}/groups/{row.FullPath}",
    };
}

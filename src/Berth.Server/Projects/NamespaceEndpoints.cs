using Berth.Server.Access;
using Berth.Server.Access.Accounts;
using Berth.Server.Configuration;
using Berth.Server.Http;

namespace Berth.Server.Projects;

/// <summary>/api/v4/namespaces and /api/v4/users/:id/projects, as GitLab's: where one's projects can be.</summary>
internal static class NamespaceEndpoints
{
    public static void MapNamespaces(this IEndpointRouteBuilder routes)
    {
        var read = new AccessRule.Api(TokenScopes.Api | TokenScopes.ReadApi);
        routes.MapGet("/api/v4/namespaces", List).WithSummary("Lists namespaces").Produces<ApiNamespace[]>().WithMetadata(read).WithMetadata(ApiParameter.Paging);
        routes.MapGet("/api/v4/namespaces/{id}", Get).WithSummary("Shows a namespace").Produces<ApiNamespace>().WithMetadata(read);
        routes.MapGet("/api/v4/users/{user}/projects", ProjectsOfUser).WithSummary("Lists a user's projects").Produces<ApiProject[]>().WithMetadata(read).WithMetadata(ApiParameter.Paging);
    }

    private static async Task<IResult> List(ApiAccess access, HttpContext context, NamespaceList namespaces, BerthSettings settings)
    {
        var query = context.Request.Query;
        bool Flag(string name) => ApiFlags.IsSet(query, name);
        var page = ApiPage.Of(context.Request);
        var (rows, counted) = await namespaces.Page(access.Caller, page, LikePattern.Holding(query["search"]), Flag("owned_only"), Flag("top_level_only"), context.RequestAborted);
        page.WriteHeaders(context, settings, counted);
        return Results.Json(rows.Select(row => new ApiNamespace(row, settings)));
    }

    private static async Task<IResult> Get(ApiAccess access, string id, NamespaceList namespaces, BerthSettings settings, CancellationToken cancellationToken) =>
        await namespaces.Find(access.Caller, Uri.UnescapeDataString(id), cancellationToken) is { } found ? Results.Json(new ApiNamespace(found, settings)) : ApiError.NotFound("Namespace");

    /// <summary>Those in the user's own namespace that the caller sees; the user by number or name.</summary>
    private static async Task<IResult> ProjectsOfUser(ApiAccess access, string user, HttpContext context, Users users, ApiLists lists, BerthSettings settings)
    {
        var found = long.TryParse(user, out var id) ? await users.Find(id, context.RequestAborted) : await users.FindByName(user, context.RequestAborted);
        if (found?.NamespaceId is not { } space)
            return ApiError.NotFound("User");
        return await ProjectEndpoints.Page(context, access.Caller, lists, settings, within: space);
    }
}

using Berth.Server.Access;
using Berth.Server.Access.Places;
using Berth.Server.Access.Registry;
using Berth.Server.Configuration;
using Berth.Server.Database;
using Berth.Server.Http;

namespace Berth.Server.Projects;

/// <summary>/api/v4/projects, as GitLab's: :id is the number or the URL-encoded path.</summary>
internal static class ProjectEndpoints
{
    public static void MapProjects(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v4/projects", List).WithSummary("Lists projects").Produces<ApiProject[]>().WithMetadata(new AccessRule.Api(TokenScopes.Api | TokenScopes.ReadApi)).WithMetadata(ApiParameter.Paging);
        routes.MapPost("/api/v4/projects", Create).WithSummary("Makes a project").Produces<ApiProject>(201).WithMetadata(new AccessRule.Api(TokenScopes.Api));
        routes.MapGet("/api/v4/projects/{id}", Get).WithSummary("Shows a project").Produces<ApiProject>().WithMetadata(new AccessRule.Project(TokenScopes.Api | TokenScopes.ReadApi, AccessLevel.None));
        routes.MapPut("/api/v4/projects/{id}", Change).WithSummary("Changes a project").Produces<ApiProject>().WithMetadata(new AccessRule.Project(TokenScopes.Api, AccessLevel.Maintainer));
        routes.MapPost("/api/v4/projects/{id}/restore", Restore).WithSummary("Restores a deleted project").Produces<ApiProject>(201).WithMetadata(new AccessRule.DeletedProject(TokenScopes.Api));
        routes.MapDelete("/api/v4/projects/{id}", Delete).WithSummary("Deletes a project").Produces<ApiMessage>(202).WithMetadata(new AccessRule.Project(TokenScopes.Api, AccessLevel.Owner));
    }

    private static async Task<IResult> List(ApiAccess access, HttpContext context, ApiLists lists, ProjectTrash trash, BerthSettings settings)
    {
        if (ProjectTrashFilter.Of(context.Request, out var refusal) is { } wanted)
        {
            var (deleted, found) = await trash.List(access, wanted, context.RequestAborted);
            wanted.Page.WriteHeaders(context, settings, found);
            return Results.Json(deleted.Select(row => new ApiProject(row.Project, settings, row)));
        }
        if (refusal is not null)
            return ApiError.BadRequest(refusal);
        return await Page(context, access.Caller, lists, settings);
    }

    /// <summary>Of all projects, or of those of a group or a namespace.</summary>
    internal static async Task<IResult> Page(HttpContext context, Caller caller, ApiLists lists, BerthSettings settings, long within = 0)
    {
        var (wanted, refusal) = ListFilter.Read(context.Request, "id", descending: true);
        if (wanted is null)
            return refusal!;
        var (rows, counted) = await lists.Projects(caller, wanted with { Within = within }, context.RequestAborted);
        wanted.Page.WriteHeaders(context, settings, counted);
        return Results.Json(rows.Select(row => new ApiProject(row, settings)));
    }

    private static IResult Get(ProjectAccess access, BerthSettings settings) => Results.Json(new ApiProject(access.Project, settings));

    private static async Task<IResult> Delete(ProjectAccess access, ProjectStore projects)
    {
        await projects.Delete(access);
        return ApiError.Of(202, "202 Accepted");
    }

    private static async Task<IResult> Restore(ProjectAccess access, HttpRequest request, ProjectTrash trash, BerthSettings settings)
    {
        var parameters = await ApiParameters.Read(request, request.HttpContext.RequestAborted);
        return parameters["path"] is { } path && NamespacePath.Refusal(path) is { } badPath
            ? ApiError.Invalid("path", badPath)
            : Answer(await trash.Restore(access, parameters["path"]), settings, 201);
    }

    private static async Task<IResult> Create(ApiAccess access, ProjectBody body, ProjectStore projects, BerthSettings settings, TimeProvider time)
    {
        var path = body.Path ?? body.Name;
        if (string.IsNullOrEmpty(path))
            return ApiError.BadRequest("name, path are missing, at least one parameter must be provided");
        if (NamespacePath.Refusal(path) is { } refusal)
            return ApiError.Invalid("path", refusal);
        if (Refusal(body) is { } refused)
            return refused;
        if (!Words.TryParse<Visibility>(body.Visibility ?? "private", out var visibility))
            return ApiError.BadRequest("visibility does not have a valid value");
        var wanted = new NewProject(0, path, body.Name ?? path, visibility, access.Caller.UserId, time.Micros()) { Description = body.Description ?? "" };
        return Answer(await projects.Create(access, body.NamespaceId, wanted), settings, 201);
    }

    private static IResult? Refusal(ProjectBody body)
    {
        if (PlainText.Refusal(body.Name) is { } badName)
            return ApiError.Invalid("name", badName);
        return Descriptions.Refusal(body.Description) is { } badDescription ? ApiError.Invalid("description", badDescription) : null;
    }

    internal static IResult Answer(ProjectOutcome outcome, BerthSettings settings, int status) => outcome switch
    {
        ProjectOutcome.Done done => Results.Json(new ApiProject(done.Project, settings), statusCode: status),
        ProjectOutcome.Missing missing => ApiError.NotFound(missing.What),
        ProjectOutcome.Forbidden forbidden => ApiError.Of(403, $"403 Forbidden - {forbidden.Reason}"),
        ProjectOutcome.Taken taken => ApiError.Of(409, $"'{taken.FullPath}' has been given to another project or group since: restore this one under another path (path)"),
        ProjectOutcome.Invalid invalid => ApiError.Invalid(invalid.Field, invalid.Reason),
        _ => throw new ArgumentOutOfRangeException(nameof(outcome)),
    };

    private static async Task<IResult> Change(ProjectAccess access, ProjectBody body, ProjectStore projects, BerthSettings settings)
    {
        if (body.Path is { } path && path != access.Project.Path && NamespacePath.Refusal(path) is { } badPath)
            return ApiError.Invalid("path", badPath);
        if (Refusal(body) is { } refused)
            return refused;
        Visibility? visibility = null;
        if (body.Visibility is { } word)
        {
            if (!Words.TryParse<Visibility>(word, out var parsed))
                return ApiError.BadRequest("visibility does not have a valid value");
            visibility = parsed;
        }
        RegistryAccessLevel? registryAccess = null;
        if (body.ContainerRegistryAccessLevel is { } level)
        {
            if (!Words.TryParse<RegistryAccessLevel>(level, out var parsed))
                return ApiError.BadRequest("container_registry_access_level does not have a valid value");
            registryAccess = parsed;
        }
        return Answer(await projects.Change(access, new ProjectChanges(visibility, registryAccess, body.ContainerRegistrySparseManifests, body.Path, body.Name, body.Description)), settings, 200);
    }

    internal sealed record ProjectBody(string? Name, string? Path, string? Description, long? NamespaceId, string? Visibility, string? ContainerRegistryAccessLevel, bool? ContainerRegistrySparseManifests);
}

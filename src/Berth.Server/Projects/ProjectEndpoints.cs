using System.Globalization;
using Berth.Server.Access;
using Berth.Server.Configuration;
using Berth.Server.Database;
using Berth.Server.Http;

namespace Berth.Server.Projects;

/// <summary>/api/v4/projects, as GitLab's: :id is the number or the URL-encoded path.</summary>
internal static class ProjectEndpoints
{
    public static void MapProjects(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/v4/projects", Create).WithMetadata(new AccessRule.Api(TokenScopes.Api));
        routes.MapGet("/api/v4/projects/{id}", Get).WithMetadata(new AccessRule.Api(TokenScopes.Api | TokenScopes.ReadApi));
        routes.MapPut("/api/v4/projects/{id}", Change).WithMetadata(new AccessRule.Api(TokenScopes.Api));
    }

    private static async Task<IResult> Get(ApiAccess access, string id, ProjectStore projects, BerthSettings settings, CancellationToken cancellationToken) =>
        await projects.Find(access, Uri.UnescapeDataString(id), cancellationToken) is { } project
            ? Results.Json(View(project, settings))
            : ApiError.NotFound("Project");

    private static async Task<IResult> Create(ApiAccess access, ProjectBody body, ProjectStore projects, BerthSettings settings)
    {
        var path = body.Path ?? body.Name;
        if (string.IsNullOrEmpty(path))
            return Results.Json(new { error = "name, path are missing, at least one parameter must be provided" }, statusCode: 400);
        if (NamespacePath.Refusal(path) is { } refusal)
            return ApiError.Invalid("path", refusal);
        if (PlainText.Refusal(body.Name) is { } badName)
            return ApiError.Invalid("name", badName);
        if (!TryParseWord<Visibility>(body.Visibility ?? "private", out var visibility))
            return Results.Json(new { error = "visibility does not have a valid value" }, statusCode: 400);
        return await projects.Create(access, body.NamespaceId, path, body.Name ?? path, visibility) is { } project
            ? Results.Json(View(project, settings), statusCode: 201)
            : ApiError.Invalid("path", "has already been taken, or the namespace is not yours");
    }

    private static async Task<IResult> Change(ApiAccess access, string id, ProjectBody body, ProjectStore projects, BerthSettings settings, CancellationToken cancellationToken)
    {
        if (await projects.Find(access, Uri.UnescapeDataString(id), cancellationToken) is not { } project)
            return ApiError.NotFound("Project");
        Visibility? visibility = null;
        if (body.Visibility is { } word)
        {
            if (!TryParseWord<Visibility>(word, out var parsed))
                return Results.Json(new { error = "visibility does not have a valid value" }, statusCode: 400);
            visibility = parsed;
        }
        RegistryAccessLevel? registryAccess = null;
        if (body.ContainerRegistryAccessLevel is { } level)
        {
            if (!TryParseWord<RegistryAccessLevel>(level, out var parsed))
                return Results.Json(new { error = "container_registry_access_level does not have a valid value" }, statusCode: 400);
            registryAccess = parsed;
        }
        return await projects.Change(access, project, new ProjectChanges(visibility, registryAccess, body.ContainerRegistrySparseManifests)) is { } changed
            ? Results.Json(View(changed, settings))
            : ApiError.Of(403, "403 Forbidden");
    }

    /// <summary>One of the names, in lower case as GitLab has them; no number and no list, which Enum.TryParse would take.</summary>
    private static bool TryParseWord<T>(string word, out T value)
        where T : struct, Enum
    {
        foreach (var one in Enum.GetValues<T>())
        {
            value = one;
            if (string.Equals(word, one.ToString().ToLowerInvariant(), StringComparison.Ordinal))
                return true;
        }
        value = default;
        return false;
    }

    private static object View(ProjectRow project, BerthSettings settings) => new
    {
        id = project.Id,
        name = project.Name,
        path = project.Path,
        path_with_namespace = project.FullPath,
        visibility = ((Visibility)project.Visibility).ToString().ToLowerInvariant(),
        container_registry_access_level = ((RegistryAccessLevel)project.RegistryAccess).ToString().ToLowerInvariant(),
        container_registry_sparse_manifests = project.SparseManifests != 0,
        container_registry_image_prefix = $"{settings.RegistryHost}/{project.FullPath.ToLowerInvariant()}",
        @namespace = new { id = project.NamespaceId },
        created_at = Clock.FromMicros(project.CreatedAt).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
    };

    internal sealed record ProjectBody(string? Name, string? Path, long? NamespaceId, string? Visibility, string? ContainerRegistryAccessLevel, bool? ContainerRegistrySparseManifests);
}

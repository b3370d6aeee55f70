using Berth.Oci;
using Berth.Server.Access;
using Berth.Server.Configuration;
using Berth.Server.Http;

namespace Berth.Server.Images;

/// <summary>A tag's history and a project's registry events: Berth's own, beside GitLab's routes (docs/api-images.md).</summary>
internal static class TagEventEndpoints
{
    public static void MapTagEvents(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v4/projects/{id}/registry/repositories/{repository:long}/tags/{tag}/history", OfTag)
            .WithSummary("Lists what a tag stood for, and who moved it").WithMetadata(new AccessRule.ProjectImages(RepositoryEndpoints.Reads, Anonymous: true));
        routes.MapGet("/api/v4/projects/{id}/registry/events", OfProject).WithSummary("Lists what happened to a project's tags").WithMetadata(new AccessRule.ProjectImages(RepositoryEndpoints.Reads, AccessLevel.Reporter));
    }

    private static async Task<IResult> OfTag(
        ImagesAccess access, long repository, string tag, HttpContext context, RegistryRepositories repositories, TagHistory history, BerthSettings settings, CancellationToken cancellationToken)
    {
        if (!ApiKeyset.TryReadBefore(context.Request, out var before))
            return ApiError.BadRequest("cursor is invalid");
        if (await repositories.Find(access, repository, cancellationToken) is not { } row)
            return ApiError.NotFound("Repository");
        var found = Tag.TryParse(tag, out var name) ? await history.OfTag(row, name.ToString(), before, ApiKeyset.Size(context.Request) + 1, cancellationToken) : [];
        return found.Count == 0 && before == long.MaxValue ? ApiError.NotFound("Tag") : Answer(context, settings, access, found);
    }

    private static async Task<IResult> OfProject(ImagesAccess access, HttpContext context, TagHistory history, BerthSettings settings, CancellationToken cancellationToken)
    {
        if (!ApiKeyset.TryReadBefore(context.Request, out var before))
            return ApiError.BadRequest("cursor is invalid");
        return Answer(context, settings, access, await history.OfProject(access, before, ApiKeyset.Size(context.Request) + 1, cancellationToken));
    }

    private static IResult Answer(HttpContext context, BerthSettings settings, ImagesAccess access, List<TagEventRow> events)
    {
        var size = ApiKeyset.Size(context.Request);
        var more = events.Count > size;
        if (more)
            events.RemoveAt(size);
        ApiKeyset.WriteHeaders(context, settings, "cursor", more ? events[^1].Id.ToString(System.Globalization.CultureInfo.InvariantCulture) : null);
        return Results.Json(events.Select(row => View(row, access, settings)));
    }

    /// <summary>Who it was, and the job, is for those who see the project's pipelines.</summary>
    private static object View(TagEventRow row, ImagesAccess access, BerthSettings settings) => new
    {
        id = row.Id,
        action = TagHistory.ActionWord(row.Action),
        repository_id = row.RepositoryId,
        path = $"{row.ImageName}:{row.Tag}",
        tag = row.Tag,
        digest = Text(row.Digest),
        previous_digest = Text(row.PreviousDigest),
        created_at = ApiTime.Of(row.At),
        user = access.SeesPipelines && row.UserId is { } user ? new { id = user, username = row.Username } : null,
        job = access.SeesPipelines && row.JobId is { } job ? new { id = job, name = row.JobName, web_url = $"{settings.ExternalOrigin}/{access.Project.FullPath}/-/jobs/{job}" } : null,
        pipeline = access.SeesPipelines && row.PipelineId is { } pipeline
            ? new { id = pipeline, @ref = row.Ref, sha = row.Sha, web_url = $"{settings.ExternalOrigin}/{access.Project.FullPath}/-/pipelines/{pipeline}" }
            : null,
    };

    private static string? Text(byte[]? digest) => digest is null ? null : Digest.FromBytes(digest).ToString();
}

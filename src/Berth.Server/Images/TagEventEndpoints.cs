using System.Globalization;
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
            .WithSummary("Lists what a tag stood for, and who moved it").Produces<ApiTagEvent[]>().WithMetadata(new AccessRule.ProjectImages(RepositoryEndpoints.Reads, Anonymous: true)).WithMetadata(ApiParameter.Keyset);
        routes.MapGet("/api/v4/projects/{id}/registry/events", OfProject).WithSummary("Lists what happened to a project's tags").Produces<ApiTagEvent[]>().WithMetadata(new AccessRule.ProjectImages(RepositoryEndpoints.Reads, AccessLevel.Reporter)).WithMetadata(ApiParameter.Keyset);
    }

    private static async Task<IResult> OfTag(
        ImagesAccess access, long repository, string tag, HttpContext context, ProjectImages images, TagHistory history, BerthSettings settings, CancellationToken cancellationToken)
    {
        if (!ApiKeyset.TryReadBefore(context.Request, out var before))
            return ApiError.BadCursor;
        if (await images.Find(access, repository, cancellationToken) is not { } image)
            return ApiError.NotFound("Repository");
        var found = Tag.TryParse(tag, out var name) ? await history.OfTag(image, name.ToString(), before, ApiKeyset.Size(context.Request) + 1, cancellationToken) : [];
        return found.Count == 0 && before == long.MaxValue ? ApiError.NotFound("Tag") : Answer(context, settings, access, found);
    }

    private static async Task<IResult> OfProject(ImagesAccess access, HttpContext context, TagHistory history, BerthSettings settings, CancellationToken cancellationToken)
    {
        if (!ApiKeyset.TryReadBefore(context.Request, out var before))
            return ApiError.BadCursor;
        return Answer(context, settings, access, await history.OfProject(access, before, ApiKeyset.Size(context.Request) + 1, cancellationToken));
    }

    private static IResult Answer(HttpContext context, BerthSettings settings, ImagesAccess access, List<TagEventRow> events)
    {
        var page = ApiKeyset.Page(context, settings, "cursor", events, row => row.Id.ToString(CultureInfo.InvariantCulture));
        return Results.Json(page.Select(row => new ApiTagEvent(row, access, settings)));
    }
}

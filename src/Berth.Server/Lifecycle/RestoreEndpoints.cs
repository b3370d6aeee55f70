using System.Globalization;
using Berth.Oci;
using Berth.Server.Access;
using Berth.Server.Configuration;
using Berth.Server.Http;

namespace Berth.Server.Lifecycle;

/// <summary>What can be restored of a project's images, and its restores: Berth's own, described in docs/restore.md.</summary>
internal static class RestoreEndpoints
{
    public static void MapRestores(this IEndpointRouteBuilder routes)
    {
        const string Repository = TagDeletionEndpoints.Route;
        const string Project = "/api/v4/projects/{id}/registry";
        var sees = new AccessRule.ProjectImages(TokenScopes.Api | TokenScopes.ReadApi);
        var lists = new AccessRule.ProjectImages(TokenScopes.Api | TokenScopes.ReadApi, AccessLevel.Developer);
        var restores = new AccessRule.ProjectImages(TokenScopes.Api, AccessLevel.Developer);
        routes.MapGet(Project + "/deleted_repositories", ListRepositories).WithSummary("Lists the deleted repositories that can be restored").Produces<ApiDeletedRepository[]>().WithMetadata(lists).WithMetadata(ApiParameter.Keyset);
        routes.MapGet(Project + "/deleted_tags", ListTags).WithSummary("Lists the deleted tags of a project that can be restored").Produces<ApiDeletedTag[]>().WithMetadata(lists).WithMetadata(ApiParameter.Keyset);
        routes.MapGet(Repository + "/deleted_tags", ListTagsOf).WithSummary("Lists the deleted tags of a repository that can be restored").Produces<ApiDeletedTag[]>().WithMetadata(lists).WithMetadata(ApiParameter.Keyset);
        routes.MapPost(Repository + "/deleted_tags/restore", RestoreTags).WithSummary("Restores many tags").Produces<ApiRestoredTags>().WithMetadata(restores);
        routes.MapPost(Repository + "/tags/{tag}/restore", RestoreTag).WithSummary("Restores a tag").Produces<ApiRestoredTag>().WithMetadata(restores);
        routes.MapPost(Repository + "/manifests/{digest}/restore", RestoreManifest).WithSummary("Restores a manifest that was deleted by its digest").Produces<ApiRestoredTags>().WithMetadata(restores);
        routes.MapPost(Repository + "/restore", RestoreRepository).WithSummary("Restores a repository").Produces<ApiRestoredRepository>().WithMetadata(new AccessRule.ProjectImages(TokenScopes.Api, AccessLevel.Maintainer));
        routes.MapGet(Repository + "/tags/{tag}/relations", RelationsOfTag).WithSummary("Shows what else a tag's manifest is known by").Produces<ApiRelations>().WithMetadata(sees, ApiParameter.PerPage);
        routes.MapGet(Repository + "/manifests/{digest}/relations", RelationsOfManifest).WithSummary("Shows what else a manifest is known by").Produces<ApiRelations>().WithMetadata(sees, ApiParameter.PerPage);
    }

    private static async Task<IResult> ListRepositories(ImagesAccess access, HttpContext context, RepositoryTrash trash, BerthSettings settings)
    {
        if (!ApiKeyset.TryReadBefore(context.Request, out var before))
            return ApiError.BadCursor;
        var rows = await trash.List(access, before, ApiKeyset.Size(context.Request) + 1, context.RequestAborted);
        return Results.Json(ApiKeyset.Page(context, settings, "cursor", rows, row => row.Id.ToString(CultureInfo.InvariantCulture)).Select(row => new ApiDeletedRepository(row, access.Project, settings)));
    }

    private static async Task<IResult> ListTags(ImagesAccess access, HttpContext context, DeletedTags tags, BerthSettings settings)
    {
        return TryReadPlace(context.Request, 0, out var place)
            ? Page(context, settings, await tags.List(access, place, ApiKeyset.Size(context.Request) + 1, context.RequestAborted))
            : ApiError.BadCursor;
    }

    private static async Task<IResult> ListTagsOf(ImagesAccess access, long repository, HttpContext context, DeletedTags tags, BerthSettings settings)
    {
        if (!TryReadPlace(context.Request, repository, out var place))
            return ApiError.BadCursor;
        return await tags.ListOf(access, place with { Repository = repository }, ApiKeyset.Size(context.Request) + 1, context.RequestAborted) is { } rows
            ? Page(context, settings, rows)
            : ApiError.NotFound("Container Repository");
    }

    private static async Task<IResult> RestoreTag(ImagesAccess access, long repository, string tag, RestoreBody? body, TagRestores restores)
    {
        if (!Tag.TryParse(tag, out var named))
            return ApiError.NotFound("Deleted Tag");
        return RestoreViews.Answer(named, await restores.Restore(access, repository, named, body?.EventId, body?.Force == true));
    }

    private static async Task<IResult> RestoreTags(ImagesAccess access, long repository, RestoreBody? body, TagRestores restores)
    {
        if (body?.DeletionId is { } deletion)
            return RestoreViews.Answer(await restores.RestoreDeletion(access, repository, deletion, body.After ?? "", body.Force), goesOn: true);
        if (body?.Tags is not { Count: > 0 and <= TagRestores.MaxTags } names)
            return ApiError.BadRequest($"tags, deletion_id are missing, exactly one parameter must be provided: up to {TagRestores.MaxTags} tags, or the deletion_id of the list of deleted tags");
        var tags = new List<Tag>(names.Count);
        foreach (var name in names)
        {
            if (!Tag.TryParse(name, out var tag))
                return ApiError.BadRequest("tags is invalid: it holds what is no tag");
            tags.Add(tag);
        }
        return RestoreViews.Answer(await restores.Restore(access, repository, tags, body.Force), goesOn: false);
    }

    private static async Task<IResult> RestoreManifest(ImagesAccess access, long repository, string digest, RestoreBody? body, TagRestores restores)
    {
        if (!Digest.TryParse(digest, out var named))
            return ApiError.NotFound("Deleted Manifest");
        return await restores.RestoreManifest(access, repository, named, body?.Force == true) switch
        {
            ManifestRestore.Restored restored => RestoreViews.Answer([.. restored.Tags], goesOn: false),
            ManifestRestore.Gone gone => RestoreViews.Gone(gone.Missing),
            _ => ApiError.NotFound("Deleted Manifest"),
        };
    }

    private static async Task<IResult> RestoreRepository(ImagesAccess access, long repository, RestoreBody? body, RepositoryTrash trash, BerthSettings settings)
    {
        return await trash.Restore(access, repository, body?.Name) switch
        {
            RepositoryRestore.Restored restored => Results.Json(new ApiRestoredRepository(repository, restored.Name, access.Project, settings)),
            RepositoryRestore.BadName => ApiError.Invalid("name", "is no image's name below a project: up to two names of lower-case letters, digits and separators"),
            RepositoryRestore.NameTaken taken => ApiError.Of(409, $"'{RestoreViews.Path(access.Project, taken.Name)}' was pushed anew since and is repository {taken.RepositoryId}: "
                + "restore under another name (name), or delete that one first"),
            _ => ApiError.NotFound("Deleted Container Repository"),
        };
    }

    private static async Task<IResult> RelationsOfTag(ImagesAccess access, long repository, string tag, HttpContext context, ManifestRelations relations) =>
        Tag.TryParse(tag, out var named) && await relations.OfTag(access, repository, named, ApiKeyset.Size(context.Request), context.RequestAborted) is { } found
            ? Results.Json(new ApiRelations(found))
            : ApiError.NotFound("Tag");

    private static async Task<IResult> RelationsOfManifest(ImagesAccess access, long repository, string digest, HttpContext context, ManifestRelations relations) =>
        Digest.TryParse(digest, out var named) && await relations.OfManifest(access, repository, named, ApiKeyset.Size(context.Request), context.RequestAborted) is { } found
            ? Results.Json(new ApiRelations(found))
            : ApiError.NotFound("Manifest");

    private static IResult Page(HttpContext context, BerthSettings settings, List<DeletedTag> rows) =>
        Results.Json(ApiKeyset.Page(context, settings, "cursor", rows, tag => tag.Place.ToString()).Select(tag => new ApiDeletedTag(tag)));

    private static bool TryReadPlace(HttpRequest request, long repository, out DeletedTagPlace place)
    {
        place = DeletedTagPlace.StartOf(repository);
        var text = request.Query["cursor"].ToString();
        return text.Length == 0 || DeletedTagPlace.TryParse(text, out place);
    }

    /// <summary>It may be missing.</summary>
    /// <param name="EventId">Of the event before which the tag stood for what is wanted.</param>
    /// <param name="Force">Also where something else is now.</param>
    /// <param name="Tags">The tags to restore.</param>
    /// <param name="DeletionId">Or all that one deletion took.</param>
    /// <param name="After">Of a deletion, only the tags behind this one.</param>
    /// <param name="Name">Another name for the repository.</param>
    internal sealed record RestoreBody(long? EventId, bool Force, List<string>? Tags, long? DeletionId, string? After, string? Name);
}

using Berth.Oci;
using Berth.Server.Access;
using Berth.Server.Http;

namespace Berth.Server.Lifecycle;

/// <summary>Deletes of tags and repositories, as GitLab's; how far a deletion by a rule has come is Berth's own.</summary>
internal static class TagDeletionEndpoints
{
    public const string Route = "/api/v4/projects/{id}/registry/repositories/{repository:long}";

    public static void MapTagDeletions(this IEndpointRouteBuilder routes)
    {
        routes.MapDelete(Route, DeleteRepository).WithSummary("Deletes a repository of images").Produces<ApiMessage>(202).WithMetadata(new AccessRule.ProjectImages(TokenScopes.Api, AccessLevel.Maintainer));
        routes.MapDelete(Route + "/tags", DeleteByRule).WithSummary("Deletes many tags by a rule, behind the call").Produces<ApiMessage>(202).WithMetadata(new AccessRule.ProjectImages(TokenScopes.Api, AccessLevel.Maintainer)).WithMetadata(new ApiParameter("name_regex_delete", "Tags whose whole name matches are deleted; RE2."), new ApiParameter("name_regex_keep", "Tags whose whole name matches are kept; RE2."), new ApiParameter("keep_n", "So many of the newest are kept."), new ApiParameter("older_than", "Only older ones are deleted: 1h, 1d, 1month."));
        routes.MapDelete(Route + "/tags/{tag}", DeleteTag).WithSummary("Deletes a tag").Produces<ApiMessage>().WithMetadata(new AccessRule.ProjectImages(TokenScopes.Api, AccessLevel.Developer));
        routes.MapGet(Route + "/tag_deletion", GetDeletion).WithSummary("Shows how far the last delete by a rule is").Produces<ApiTagDeletion>().WithMetadata(new AccessRule.ProjectImages(TokenScopes.Api | TokenScopes.ReadApi, AccessLevel.Developer));
    }

    public static string Word(TagDeletion deletion) => (TagDeletionState)deletion.State switch
    {
        TagDeletionState.UnderWay => "running",
        TagDeletionState.Done => "finished",
        _ => "failed",
    };

    private static async Task<IResult> DeleteRepository(ImagesAccess access, long repository, RepositoryTrash trash) =>
        await trash.Delete(access, repository) ? ApiError.Of(202, "202 Accepted") : ApiError.NotFound("Container Repository");

    private static async Task<IResult> DeleteTag(ImagesAccess access, long repository, string tag, TagTrash trash) =>
        Tag.TryParse(tag, out var named) && await trash.Delete(access, repository, named) ? ApiError.Of(200, "200 OK") : ApiError.NotFound("Tag");

    private static async Task<IResult> DeleteByRule(ImagesAccess access, long repository, HttpRequest request, TagDeletions deletions, CancellationToken cancellationToken)
    {
        var parameters = await ApiParameters.Read(request, cancellationToken);
        if (!TagDeletionRule.TryParse(name => parameters[name], out var rule, out var refusal))
            return ApiError.BadRequest(refusal);
        return await deletions.Begin(access, repository, rule) switch
        {
            TagDeletionRequest.Begun => ApiError.Of(202, "202 Accepted"),
            TagDeletionRequest.NotFound => ApiError.NotFound("Container Repository"),
            TagDeletionRequest.TooSoon => ApiError.Of(400, "This request has already been made. You can run this at most once an hour for a given container repository"),
            var other => throw new InvalidOperationException($"Unknown outcome {other}."),
        };
    }

    private static async Task<IResult> GetDeletion(ImagesAccess access, long repository, TagDeletions deletions, CancellationToken cancellationToken) =>
        await deletions.Find(access, repository, cancellationToken) is { } deletion
            ? Results.Json(new ApiTagDeletion(deletion))
            : ApiError.NotFound("Tag Deletion");
}

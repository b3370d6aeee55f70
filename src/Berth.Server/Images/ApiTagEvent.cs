using Berth.Server.Access;
using Berth.Server.Access.Audit;
using Berth.Server.Configuration;

namespace Berth.Server.Images;

/// <summary>Something that happened to a tag, as the API shows it. Who it was, and the job, is for those who see the project's pipelines.</summary>
internal sealed class ApiTagEvent(TagEventRow row, ImagesAccess access, BerthSettings settings)
{
    public long Id => row.Id;
    public string Action => TagHistory.ActionWord(row.Action);
    public long RepositoryId => row.RepositoryId;
    public string Path => $"{row.ImageName}:{row.Tag}";
    public string Tag => row.Tag;
    public string? Digest => Text(row.Digest);
    public string? PreviousDigest => Text(row.PreviousDigest);
    public string CreatedAt => ApiTime.Of(row.At);
    public ApiAuthor? User { get; init; } = access.SeesPipelines && row.UserId is { } user ? new(user, row.Username) : null;
    public ApiEventJob? Job { get; init; } = access.SeesPipelines && row.JobId is { } job ? new(job, row.JobName, Page(access, settings, "jobs", job)) : null;
    public ApiEventPipeline? Pipeline { get; init; } = access.SeesPipelines && row.PipelineId is { } pipeline ? new(pipeline, row.Ref, row.Sha, Page(access, settings, "pipelines", pipeline)) : null;

    private static string Page(ImagesAccess access, BerthSettings settings, string kind, long id) => $"{settings.ExternalOrigin}/{access.Project.FullPath}/-/{kind}/{id}";

    private static string? Text(byte[]? digest) => digest is null ? null : Oci.Digest.FromBytes(digest).ToString();
}

internal sealed record ApiEventJob(long Id, string? Name, string WebUrl);

internal sealed record ApiEventPipeline(long Id, string? Ref, string? Sha, string WebUrl);

using Berth.Server.Access;
using Berth.Server.Configuration;

namespace Berth.Server.Images;

/// <summary>Something that was found, as the API shows it; what its kind does not have is null.</summary>
internal sealed class ApiSearchResult(SearchResult result, ImageSearchQuery query, BerthSettings settings)
{
    public string Kind => result.Kind.ToString().ToLowerInvariant();
    public long RepositoryId => result.Image.RepositoryId;
    public long ProjectId => result.Image.Project.Id;
    public string ProjectPath => result.Image.Project.Path;
    public string Name => result.Image.Name;
    public string Path => result.Image.ImageName;
    public string Location => $"{settings.RegistryHost}/{result.Image.ImageName}{(Tag is not null ? ":" + Tag : Digest is not null ? "@" + Digest : "")}";
    public string? Tag => result.Row.Tag;
    public string? Digest => result.Row.Digest is { } digest ? Oci.Digest.FromBytes(digest).ToString() : null;
    public string? PublishedAt => ApiTime.Of(result.Row.PublishedAt);
    public ApiLabel? Label { get; init; } = result.Row.Label is { } value ? new(query.Key, value) : null;
    public ApiCommit? Commit { get; init; } = result.Row.Sha is { } sha ? new(sha, result.Row.Ref) : null;
    public long? PipelineId => result.Row.PipelineId;
    public long? JobId => result.Row.JobId;
}

internal sealed record ApiLabel(string Key, string Value);

internal sealed record ApiCommit(string Sha, string? Ref);

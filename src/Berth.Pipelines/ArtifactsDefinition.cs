using System.Text.Json.Serialization;

namespace Berth.Pipelines;

/// <summary>Files to keep of a job, as one zip archive.</summary>
/// <param name="Name">The archive's name, for the runner to expand; null: <c>artifacts</c>.</param>
/// <param name="Paths">Globs from the project's directory.</param>
/// <param name="Exclude">Globs of what to leave out.</param>
/// <param name="Untracked">Also every file that git does not track.</param>
/// <param name="When">The outcomes of the job with which they are kept.</param>
/// <param name="ExpireIn">A duration as the file has it, checked by <see cref="Durations"/>; null: the server's default.</param>
/// <param name="ExposeAs">A title for pages; null: none.</param>
public sealed record ArtifactsDefinition(
    string? Name,
    IReadOnlyList<string> Paths,
    IReadOnlyList<string> Exclude,
    bool Untracked,
    ArtifactsWhen When,
    string? ExpireIn,
    string? ExposeAs);

/// <summary>The outcomes of a job with which its artifacts are kept; in JSON GitLab's words.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ArtifactsWhen>))]
public enum ArtifactsWhen
{
    [JsonStringEnumMemberName("on_success")] OnSuccess,
    [JsonStringEnumMemberName("on_failure")] OnFailure,
    [JsonStringEnumMemberName("always")] Always,
}

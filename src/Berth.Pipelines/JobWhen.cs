using System.Text.Json.Serialization;

namespace Berth.Pipelines;

/// <summary>When a job runs, seen from the jobs before it; in JSON GitLab's words. Never is for rules alone.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<JobWhen>))]
public enum JobWhen
{
    [JsonStringEnumMemberName("on_success")] OnSuccess,
    [JsonStringEnumMemberName("on_failure")] OnFailure,
    [JsonStringEnumMemberName("always")] Always,
    [JsonStringEnumMemberName("manual")] Manual,
    [JsonStringEnumMemberName("never")] Never,
}

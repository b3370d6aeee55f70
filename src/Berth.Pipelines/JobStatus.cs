using System.Text.Json.Serialization;

namespace Berth.Pipelines;

/// <summary>
/// The states of a job; in JSON and in the API GitLab's words. Success, failed, canceled and skipped are final (but a skipped
/// job goes back to created when one before it is retried).
/// </summary>
[JsonConverter(typeof(JsonStringEnumConverter<JobStatus>))]
public enum JobStatus
{
    [JsonStringEnumMemberName("created")] Created,
    [JsonStringEnumMemberName("pending")] Pending,
    [JsonStringEnumMemberName("running")] Running,
    [JsonStringEnumMemberName("canceling")] Canceling,
    [JsonStringEnumMemberName("success")] Success,
    [JsonStringEnumMemberName("failed")] Failed,
    [JsonStringEnumMemberName("canceled")] Canceled,
    [JsonStringEnumMemberName("skipped")] Skipped,
    [JsonStringEnumMemberName("manual")] Manual,
}

using System.Text.Json.Serialization;

namespace Berth.Pipelines;

/// <summary>The states of a pipeline, a stage or any other set of jobs; in JSON and in the API GitLab's words.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PipelineStatus>))]
public enum PipelineStatus
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

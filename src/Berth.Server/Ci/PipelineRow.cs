namespace Berth.Server.Ci;

/// <summary>A pipeline as the database has it. Times in microseconds.</summary>
internal sealed record PipelineRow(
    long Id, long ProjectId, long Iid, string Ref, long IsTag, string Sha, string BeforeSha, string Source, string Status, string? ConfigError,
    string CommitMessage, string CommitAuthor, string CommitTime, long RefProtected, long UserId, long CreatedAt, long? StartedAt, long? FinishedAt);

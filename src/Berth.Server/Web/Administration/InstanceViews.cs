using Berth.Server.Web.Usage;

namespace Berth.Server.Web.Administration;

/// <summary>What the instance holds, in bytes. <c>Counted</c>: null until the blobs were counted once.</summary>
public sealed record StorageView(long Free, long Total, long Reserve, BlobFigures? Counted, IReadOnlyList<UsageBar> Largest, string Directory);

/// <summary>Blobs and their bytes, as they were at a time in microseconds.</summary>
public sealed record BlobFigures(long Blobs, long Bytes, long At);

/// <summary>Work that outlives the process; times in microseconds. <c>State</c>: waiting, running, or failed, to be tried again.</summary>
public sealed record TaskLine(long Id, string Kind, string State, long CreatedAt, long RunAt, string? Owner, long Attempts, string? Error);

/// <summary>What this process does again and again; times in microseconds.</summary>
public sealed record RecurringLine(string Purpose, string Every, bool IsRunning, long? EndedAt, long? FailedAt, string? Failure);

/// <summary><c>HasMore</c>: not all that waits is shown.</summary>
public sealed record WorkView(IReadOnlyList<TaskLine> Tasks, bool HasMore, IReadOnlyList<RecurringLine> Recurring);

/// <summary>A setting in force; of a secret <c>Value</c> is not the value.</summary>
public sealed record SettingLine(string Name, string Value, string Origin, bool IsGiven, string Description);

public sealed record SettingsInForceView(IReadOnlyList<SettingLine> Settings);

namespace Berth.Server.Database;

/// <summary>How recurring work of this process stands. <c>EndedAt</c>, <c>FailedAt</c>: the last time, if there was one.</summary>
internal sealed record RecurringState(string Purpose, TimeSpan Every, bool IsRunning, DateTimeOffset? EndedAt, DateTimeOffset? FailedAt, string? Failure);

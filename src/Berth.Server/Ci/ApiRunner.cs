using Berth.Server.Access;
using Berth.Server.Database;

namespace Berth.Server.Ci;

/// <summary>A runner as GitLab's API shows one.</summary>
internal sealed class ApiRunner(RunnerRow row, TimeProvider time)
{
    public long Id => row.Id;
    public string Description => row.Description;
    public string RunnerType => IsShared ? "instance_type" : "project_type";
    public bool IsShared => row.Kind == RunnerRow.InstanceKind;
    public bool Paused => row.Paused != 0;
    public bool Active => row.Paused == 0;
    public bool Online => Status == RunnerRow.Online;
    public string Status { get; } = row.Status(time.Micros());
    public IReadOnlyList<string> TagList => row.TagList();
    public bool RunUntagged => row.RunUntagged != 0;
    public bool Locked => row.Locked != 0;
    public string AccessLevel => row.ProtectedOnly != 0 ? "ref_protected" : "not_protected";

    /// <summary>Seconds.</summary>
    public long? MaximumTimeout => row.MaximumTimeout;
    public string? Version => row.Version;
    public string? Platform => row.Platform;
    public string? IpAddress => row.Address;
    public string? ContactedAt => ApiTime.Of(row.ContactedAt);
}

/// <summary>A runner that was made, with its token.</summary>
internal sealed record ApiNewRunner(long Id, string Token)
{
    public string? TokenExpiresAt => null;
}

internal sealed record ApiRunnerToken(string Token)
{
    public string? TokenExpiresAt => null;
}

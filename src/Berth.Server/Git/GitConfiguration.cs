using System.Globalization;

namespace Berth.Server.Git;

/// <summary>
/// git's configuration, given at each start and not written into repositories, so that a change of it here reaches all of them.
/// </summary>
internal static class GitConfiguration
{
    /// <summary>Refs that the server sets and users may fetch, but neither see offered for a push nor push; GitLab's list.</summary>
    private static readonly string[] ServerRefs = ["refs/pipelines", "refs/keep-around", "refs/environments", "refs/merge-requests"];

    /// <summary>One fetch or repack takes one core and bounded memory.</summary>
    private static readonly string[] OneCore = ["pack.threads=1", "pack.windowMemory=64m"];

    /// <summary>For what the server itself runs in a repository.</summary>
    public static string[] Own(string repository) =>
    [
        $"safe.directory={repository}",
        "core.hooksPath=/dev/null",
        // An acknowledged push survives power loss.
        "core.fsync=all",
        // Larger files are not held in memory whole.
        "core.bigFileThreshold=16m",
        "gc.auto=0",
    ];

    public static string[] Fetch(string repository) =>
    [
        .. Own(repository),
        // A job's commit may be on no branch any more.
        "uploadpack.allowAnySHA1InWant=true",
        "uploadpack.allowFilter=true",
        .. OneCore,
    ];

    /// <summary>For making one pack of many.</summary>
    public static string[] Pack(string repository) => [.. Own(repository), .. OneCore];

    public static string[] Push(string repository, long maxPushSize) =>
    [
        .. Own(repository),
        "transfer.fsckObjects=true",
        string.Create(CultureInfo.InvariantCulture, $"receive.maxInputSize={maxPushSize}"),
        "receive.denyNonFastForwards=false",
        "receive.denyDeletes=false",
        "receive.advertisePushOptions=true",
        // A push stays one pack: one file and its index to sync, where unpacked it would be one an object.
        "receive.unpackLimit=1",
        "receive.autogc=false",
        "pack.threads=1",
        .. ServerRefs.Select(name => $"receive.hideRefs={name}"),
    ];
}

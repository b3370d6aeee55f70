namespace Berth.Server.Git;

/// <summary>What one client, and all of them together, may take of git.</summary>
internal static class GitLimits
{
    /// <summary>Fetches and pushes at once. A process of git takes some 10 MB at rest; more at once would not be faster either.</summary>
    public const int MaxProcesses = 64;

    /// <summary>How long a request waits for a free place before it is told to come again.</summary>
    public static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The commands and options in front of a push's pack: over 30,000 refs with long names. Held in memory, so it is bounded.
    /// </summary>
    public const int MaxPushHeadBytes = 8 * 1024 * 1024;

    /// <summary>Push options are stored with each ref that moves.</summary>
    public const int MaxPushOptionChars = 4096;

    /// <summary>What git reports of a push; as long as its commands, and a line of reason each.</summary>
    public const int MaxReportBytes = 16 * 1024 * 1024;

    /// <summary>The wants and haves of a fetch, unzipped: a million commits. A zipped body cannot grow beyond it.</summary>
    public const long MaxFetchRequestBytes = 64 * 1024 * 1024;

    /// <summary>Standard error of git that is kept for the log.</summary>
    public const int MaxErrorChars = 4096;

    /// <summary>Longest Git-Protocol header that is passed on; git itself sends 9 characters.</summary>
    public const int MaxProtocolChars = 128;

    /// <summary>As for blobs: larger buffers were no faster.</summary>
    public const int BufferBytes = 64 * 1024;
}

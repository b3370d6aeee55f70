using System.Net;
using Berth.Server.Access;

namespace Berth.Server.Git;

internal static partial class Log
{
    public static void LogFetched(this ILogger log, HttpContext context, GitAccess access, long bytes) =>
        Fetched(log, access.Project.Path, bytes, access.Caller.Username, access.Caller.Credential, context.Connection.RemoteIpAddress);

    public static void LogPushed(this ILogger log, HttpContext context, GitAccess access, IReadOnlyList<RefMove> done, int refused, long bytes)
    {
        if (log.IsEnabled(LogLevel.Information))
            Pushed(log, access.Project.Path, Words(done), refused, bytes, access.Caller.Username, access.Caller.Credential, context.Connection.RemoteIpAddress);
    }

    /// <summary>The first few moves; a mirror pushes thousands.</summary>
    private static string Words(IReadOnlyList<RefMove> moves)
    {
        const int Shown = 5;
        var words = string.Join(", ", moves.Take(Shown).Select(move => $"{move.Ref} {move.OldObject[..8]}..{move.NewObject[..8]}"));
        return moves.Count > Shown ? $"{words} and {moves.Count - Shown} more" : words;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "git fetch from {Project} ({Bytes} bytes) by '{Username}' ({Credential}) from {Address}")]
    private static partial void Fetched(ILogger log, string project, long bytes, string username, string credential, IPAddress? address);

    [LoggerMessage(Level = LogLevel.Information, Message = "git push to {Project} [{Moves}], {Refused} refused ({Bytes} bytes) by '{Username}' ({Credential}) from {Address}")]
    private static partial void Pushed(ILogger log, string project, string moves, int refused, long bytes, string username, string credential, IPAddress? address);

    [LoggerMessage(Level = LogLevel.Debug, Message = "git {Command} in project {ProjectId} ended with {Code}: {Error}")]
    public static partial void GitFailed(this ILogger log, string command, long projectId, int code, string error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "settled {Count} ref moves of project {ProjectId} that were cut off: their pipelines follow now")]
    public static partial void Settled(this ILogger log, int count, long projectId);

    [LoggerMessage(Level = LogLevel.Error, Message = "ref moves that were cut off could not be settled; tried again in a minute")]
    public static partial void NotSettled(this ILogger log, Exception failure);

    [LoggerMessage(Level = LogLevel.Error, Message = "the git repository of project {ProjectId} could not be packed")]
    public static partial void NotPacked(this ILogger log, long projectId, Exception failure);
}

namespace Berth.Server.Http;

internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed")]
    public static partial void Failed(this ILogger log, string method, string path, Exception failure);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed in the middle of its answer; the connection was cut")]
    public static partial void FailedInMidAnswer(this ILogger log, string method, string path, Exception failure);

    [LoggerMessage(Level = LogLevel.Warning, Message = "no space: {Reason}")]
    public static partial void NoSpace(this ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Reason}")]
    public static partial void UploadLost(this ILogger log, string reason);
}

namespace Berth.Server.Operation;

internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Error, Message = "not ready: database or storage does not answer")]
    public static partial void NotReady(this ILogger log, Exception failure);
}

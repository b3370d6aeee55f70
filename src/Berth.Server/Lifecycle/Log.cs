namespace Berth.Server.Lifecycle;

internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Error, Message = "tags of repository {Repository} could not be deleted by a rule; tried again")]
    public static partial void TagsNotDeleted(this ILogger log, string repository, Exception failure);
}

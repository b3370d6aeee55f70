namespace Berth.Server.Ci;

internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Information, Message = "pipeline {Pipeline} of project {Project} for {Ref} at {Sha}: {Status}, {Jobs} jobs")]
    public static partial void PipelineMade(this ILogger log, long pipeline, long project, string @ref, string sha, string status, int jobs);

    [LoggerMessage(Level = LogLevel.Information, Message = "job {Job} of project {Project} started on runner {Runner}")]
    public static partial void JobStarted(this ILogger log, long job, long project, long? runner);

    [LoggerMessage(Level = LogLevel.Information, Message = "job {Job} of project {Project} ended: {Status} {Reason}")]
    public static partial void JobEnded(this ILogger log, long job, long project, string status, string? reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "job {Job} was failed by the server: {Reason}")]
    public static partial void JobStuck(this ILogger log, long job, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "stuck jobs could not be looked for; tried again in a minute")]
    public static partial void NotSwept(this ILogger log, Exception failure);

    [LoggerMessage(Level = LogLevel.Error, Message = "logs of finished jobs could not be moved into the store; tried again in ten seconds")]
    public static partial void NotArchived(this ILogger log, Exception failure);

    [LoggerMessage(Level = LogLevel.Error, Message = "the pushes that wait for a pipeline could not be read; tried again soon")]
    public static partial void PushesNotRead(this ILogger log, Exception failure);

    [LoggerMessage(Level = LogLevel.Error, Message = "no pipeline could be made for the push to {Ref} of project {Project}")]
    public static partial void PipelineNotMade(this ILogger log, string @ref, long project, Exception failure);

    [LoggerMessage(Level = LogLevel.Error, Message = "the payload of job {Job} could not be made; the job was failed")]
    public static partial void PayloadNotMade(this ILogger log, long job, Exception failure);
}

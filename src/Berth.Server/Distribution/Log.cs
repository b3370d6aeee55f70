using System.Net;
using Berth.Oci;
using Berth.Server.Access;

namespace Berth.Server.Distribution;

internal static partial class Log
{
    // The number that a generated method of this name has, as those below.
    private static readonly EventId PulledEvent = new(393465247, "Pulled");

    public static void LogPushed(this ILogger log, HttpContext context, RepositoryAccess access, Reference reference, Digest digest, long size) =>
        Pushed(log, access.Name, reference, digest, size, access.Caller.Username, access.Caller.Credential, context.Connection.RemoteIpAddress);

    public static void LogPulled(this ILogger log, HttpContext context, RepositoryAccess access, Reference reference, Digest digest, long size) =>
        log.Log(LogLevel.Information, PulledEvent, new PulledEntry(access, reference, digest, size, context.Connection.RemoteIpAddress), null, static (entry, _) => entry.ToString());

    public static void LogDeleted(this ILogger log, HttpContext context, RepositoryAccess access, Reference reference) =>
        Deleted(log, access.Name, reference, access.Caller.Username, access.Caller.Credential, context.Connection.RemoteIpAddress);

    [LoggerMessage(Level = LogLevel.Information, Message = "pushed {Repository} {Reference} as {Digest} ({Size} bytes) by '{Username}' ({Credential}) from {Address}")]
    private static partial void Pushed(ILogger log, RepositoryName repository, Reference reference, Digest digest, long size, string username, string credential, IPAddress? address);

    [LoggerMessage(Level = LogLevel.Information, Message = "deleted {Repository} {Reference} by '{Username}' ({Credential}) from {Address}")]
    private static partial void Deleted(ILogger log, RepositoryName repository, Reference reference, string username, string credential, IPAddress? address);

    [LoggerMessage(Level = LogLevel.Warning, Message = "platform and time of {Manifest} could not be read from its config")]
    public static partial void FactsNotRead(this ILogger log, Digest manifest, Exception failure);

    [LoggerMessage(Level = LogLevel.Error, Message = "tags of deleted manifests could not be written down as deleted; tried again after the next delete")]
    public static partial void TagsNotRemoved(this ILogger log, Exception failure);

    [LoggerMessage(Level = LogLevel.Error, Message = "expired uploads could not be removed; tried again in ten minutes")]
    public static partial void UploadsNotExpired(this ILogger log, Exception failure);

    [LoggerMessage(Level = LogLevel.Warning, Message = "the lease of {Digest} could not be renewed")]
    public static partial void LeaseNotRenewed(this ILogger log, Digest digest, Exception failure);
}

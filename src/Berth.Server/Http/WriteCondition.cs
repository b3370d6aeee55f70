using Microsoft.Extensions.Primitives;

namespace Berth.Server.Http;

/// <summary>
/// What a client demands of the resource that it is about to change (RFC 9110, sections 13.1.1 and 13.1.2): If-Match and
/// If-None-Match. It is to be asked inside the transaction of the change.
/// </summary>
internal readonly record struct WriteCondition(StringValues IfMatch, StringValues IfNoneMatch)
{
    public bool IsNone => IfMatch.Count == 0 && IfNoneMatch.Count == 0;

    public static WriteCondition Of(HttpRequest request) => new(request.Headers.IfMatch, request.Headers.IfNoneMatch);

    /// <summary>
    /// Whether the change may be made. What has been made already may be made again, as the RFC allows for If-Match: the answer to it
    /// may have been lost.
    /// </summary>
    /// <param name="current">The entity's tag without its quotes; null if there is none.</param>
    /// <param name="wanted">The one that it is to have.</param>
    public bool Holds(string? current, string wanted) =>
        (IfMatch.Count == 0 || current == wanted || (current is not null && EntityTags.MatchStrongly(IfMatch, $"\"{current}\"")))
        && (IfNoneMatch.Count == 0 || current is null || !EntityTags.Match(IfNoneMatch, $"\"{current}\""));
}

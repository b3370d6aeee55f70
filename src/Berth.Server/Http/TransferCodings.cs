using Microsoft.AspNetCore.Connections.Features;

namespace Berth.Server.Http;

/// <summary>
/// Takes bodies in chunks and in no other transfer coding. Kestrel looks at the last one alone: it would hand on zipped bytes as
/// they are, and read once what "chunked, chunked" says is wrapped twice. Where a proxy reads that otherwise, one request's body
/// becomes another's head (request smuggling), so the connection ends too (RFC 9112, sections 6.1 and 11.2).
/// </summary>
internal static class TransferCodings
{
    public static Task Middleware(HttpContext context, RequestDelegate next)
    {
        var codings = context.Request.Headers.TransferEncoding;
        if (codings.Count == 0)
            return next(context);
        var isChunked = codings.Count == 1 && string.Equals(codings[0], "chunked", StringComparison.OrdinalIgnoreCase);
        // HTTP/1.0 has no chunks: a proxy that speaks it passes them over as bytes of no known end.
        if (isChunked && !HttpProtocol.IsHttp10(context.Request.Protocol))
            return next(context);
        context.Features.Get<IConnectionLifetimeNotificationFeature>()?.RequestClose();
        if (isChunked)
            return next(context);
        throw new BadHttpRequestException("the body's Transfer-Encoding must be chunked or none", StatusCodes.Status501NotImplemented);
    }
}

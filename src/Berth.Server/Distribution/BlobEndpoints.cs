using System.Globalization;
using Berth.Oci;
using Berth.Server.Access;
using Berth.Server.Http;
using Berth.Server.Storage;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Berth.Server.Distribution;

/// <summary>/v2/NAME/blobs/DIGEST (distribution-spec end-2, end-10).</summary>
internal static class BlobEndpoints
{
    public static void MapBlobs(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v2/{name}/blobs/{digest}", Get).WithMetadata(new AccessRule.Repository(RegistryActions.Pull));
        routes.MapMethods("/v2/{name}/blobs/{digest}", [HttpMethods.Head], Head).WithMetadata(new AccessRule.Repository(RegistryActions.Pull));
        routes.MapDelete("/v2/{name}/blobs/{digest}", Delete).WithMetadata(new AccessRule.Repository(RegistryActions.Delete));
    }

    private static async Task Head(RepositoryAccess access, string digest, HttpContext context, Blobs blobs)
    {
        var response = context.Response;
        if (!Digest.TryParse(digest, out var wanted))
        {
            await RegistryError.DigestInvalid(digest).Write(response);
            return;
        }
        var blob = await blobs.Find(access, wanted, mayWait: true, context.RequestAborted);
        // Of a damaged blob the client must not be told that it need not push it.
        if (blob is null || !await blobs.IsWhole(blob, context.RequestAborted))
        {
            await RegistryError.BlobUnknown(access.Name, digest).Write(response);
            return;
        }
        WriteHeaders(response, blob);
        if (EntityTags.Match(context.Request.Headers.IfNoneMatch, blob.EntityTag))
            response.StatusCode = StatusCodes.Status304NotModified;
        else
            response.ContentLength = blob.Size;
    }

    private static async Task Get(RepositoryAccess access, string digest, HttpContext context, Blobs blobs, DistributionMetrics metrics, TimeProvider time)
    {
        var (request, response) = (context.Request, context.Response);
        if (!Digest.TryParse(digest, out var wanted))
        {
            await RegistryError.DigestInvalid(digest).Write(response);
            return;
        }
        var blob = await blobs.Find(access, wanted, mayWait: false, context.RequestAborted);
        using var reader = blob is null ? null : await blobs.Open(blob, context.RequestAborted);
        if (blob is null || reader is null)
        {
            await RegistryError.BlobUnknown(access.Name, digest).Write(response);
            return;
        }
        WriteHeaders(response, blob);
        if (EntityTags.Match(request.Headers.IfNoneMatch, blob.EntityTag))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }
        var (offset, length) = (0L, blob.Size);
        switch (ByteRange.Parse(EntityTags.RangeOf(request, blob.EntityTag), blob.Size, out var range))
        {
            case RangeOutcome.Part:
                (offset, length) = (range.Offset, range.Length);
                response.StatusCode = StatusCodes.Status206PartialContent;
                response.Headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes {offset}-{offset + length - 1}/{blob.Size}");
                break;
            case RangeOutcome.NotSatisfiable:
                response.Headers.Clear();
                response.Headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes */{blob.Size}");
                await RegistryError.RangeNotSatisfiable(blob.Size).Write(response);
                return;
        }
        response.ContentLength = length;
        await Send(context, reader, offset, length, time);
        metrics.Pulled(length);
    }

    private static async Task<IResult> Delete(RepositoryAccess access, string digest, Blobs blobs)
    {
        if (!Digest.TryParse(digest, out var wanted))
            return RegistryError.DigestInvalid(digest);
        return await blobs.Delete(access, wanted) switch
        {
            BlobDeletion.Deleted => Results.StatusCode(StatusCodes.Status202Accepted),
            BlobDeletion.InUse => RegistryError.BlobInUse(wanted),
            BlobDeletion.NotFound => RegistryError.BlobUnknown(access.Name, digest),
            _ => throw new InvalidOperationException("Unknown outcome."),
        };
    }

    private static void WriteHeaders(HttpResponse response, Blob blob)
    {
        response.ContentType = "application/octet-stream";
        response.Headers["Docker-Content-Digest"] = blob.Digest.ToString();
        response.Headers.ETag = blob.EntityTag;
        response.Headers.AcceptRanges = "bytes";
        ContentHeaders.Sandbox(response);
        // Content never changes under its digest; a client's own cache may keep it, a shared one may not: it is behind a login.
        response.Headers.CacheControl = "private, max-age=31536000, immutable";
    }

    /// <summary>
    /// Reads straight into the connection's buffer: measured faster than SendFile. What ends early cuts the connection, so that a
    /// client never takes a part for the whole.
    /// </summary>
    private static async Task Send(HttpContext context, IBlobReader reader, long offset, long length, TimeProvider time)
    {
        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate)
            rate.MinDataRate = null;
        var writer = context.Response.BodyWriter;
        using var stall = new StallLimit(time, context.RequestAborted);
        while (length > 0)
        {
            var buffer = writer.GetMemory(OciTransfer.BufferBytes);
            if (buffer.Length > length)
                buffer = buffer[..(int)length];
            var read = await reader.Read(buffer, offset, stall.Token);
            if (read == 0)
            {
                context.Abort();
                return;
            }
            writer.Advance(read);
            offset += read;
            length -= read;
            stall.Restart();
            var flush = await writer.FlushAsync(stall.Token);
            if (flush.IsCompleted)
                return;
        }
    }
}

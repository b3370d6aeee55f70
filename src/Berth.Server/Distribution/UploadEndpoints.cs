using System.Globalization;
using Berth.Oci;
using Berth.Server.Access;
using Berth.Server.Access.Login;
using Berth.Server.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Berth.Server.Distribution;

/// <summary>/v2/NAME/blobs/uploads/ (distribution-spec end-4, end-5, end-6, end-11, end-13, end-14).</summary>
internal static class UploadEndpoints
{
    public static void MapUploads(this IEndpointRouteBuilder routes)
    {
        var session = new AccessRule.Repository(RegistryActions.Push, UploadSession: true);
        var anyLength = BodyLimit.None;
        routes.MapPost("/v2/{name}/blobs/uploads", Start).WithMetadata(new AccessRule.Repository(RegistryActions.Push, Creates: true), anyLength, new RateLimited(RateLimitedWork.Push));
        routes.MapGet("/v2/{name}/blobs/uploads/{id}", Status).WithMetadata(session);
        routes.MapPatch("/v2/{name}/blobs/uploads/{id}", Append).WithMetadata(session, anyLength);
        routes.MapPut("/v2/{name}/blobs/uploads/{id}", Finish).WithMetadata(session, anyLength);
        routes.MapDelete("/v2/{name}/blobs/uploads/{id}", Cancel).WithMetadata(session);
    }

    private static async Task<IResult> Start(
        RepositoryAccess access, HttpContext context, UploadSessions uploads, Blobs blobs, RegistryMounts mounts)
    {
        LiftDataRate(context);
        var query = context.Request.Query;
        // Only checked: whichever was named, the PUT's digest decides, and sha512 reads the staged bytes once more.
        if (query["digest-algorithm"].ToString() is { Length: > 0 } algorithm && algorithm is not ("sha256" or "sha512"))
            return RegistryError.AlgorithmUnknown(algorithm);
        Digest? whole = null;
        if (query["digest"].ToString() is { Length: > 0 } text)
        {
            if (!Digest.TryParse(text, out var parsed))
                return RegistryError.DigestInvalid(text);
            whole = parsed;
        }
        if (query["mount"].ToString() is { Length: > 0 } mount)
        {
            if (!Digest.TryParse(mount, out var wanted))
                return RegistryError.DigestInvalid(mount);
            var from = query["from"].ToString();
            var source = from.Length > 0
                ? await mounts.FindSource(access, from, context.RequestAborted)
                : await mounts.FindHolder(access, wanted, context.RequestAborted);
            if (source is not null && await blobs.Mount(access, source, wanted, context.RequestAborted))
                return Created(context.Response, access, wanted);
        }
        if (await uploads.Open(access) is not { } id)
        {
            context.Response.Headers.RetryAfter = "60";
            return RegistryError.TooManyUploads(access.Caller.Name, RequestLimits.MaxOpenUploads);
        }
        return whole is { } digest
            ? await Complete(access, id, digest, chunk: null, context, uploads)
            : Accepted(context.Response, access, id, 0);
    }

    private static async Task<IResult> Status(RepositoryAccess access, string id, HttpContext context, UploadSessions uploads)
    {
        if (await uploads.Find(access, id, context.RequestAborted) is not { IsFinished: false } session)
            return RegistryError.UploadUnknown(id);
        session = await uploads.AsStored(session, context.RequestAborted);
        WriteState(context.Response, access, id, session.Received);
        return Results.StatusCode(StatusCodes.Status204NoContent);
    }

    private static async Task<IResult> Append(RepositoryAccess access, string id, HttpContext context, UploadSessions uploads)
    {
        LiftDataRate(context);
        if (!TryReadChunk(context.Request, out var chunk, out var refusal))
            return refusal;
        using var writer = await uploads.Enter(access, id, context.RequestAborted);
        if (writer is null || writer.Session.IsFinished)
            return RegistryError.UploadUnknown(id);
        var stated = StatedOffset(context.Request);
        if (IsRepeat(writer, chunk, stated))
            return Accepted(context.Response, access, id, writer.Received);
        if ((chunk?.Start ?? stated ?? writer.Received) != writer.Received)
            return WrongOffset(context.Response, access, id, writer.Received);
        return await writer.Receive(context.Request.Body, chunk?.Length, keep: true, context.RequestAborted)
            ? Accepted(context.Response, access, id, writer.Received)
            : RegistryError.UploadInvalid("the body is not as long as its Content-Range says: send the chunk again");
    }

    private static async Task<IResult> Finish(RepositoryAccess access, string id, HttpContext context, UploadSessions uploads)
    {
        LiftDataRate(context);
        var text = context.Request.Query["digest"].ToString();
        if (!Digest.TryParse(text, out var digest))
            return RegistryError.DigestInvalid(text);
        if (!TryReadChunk(context.Request, out var chunk, out var refusal))
            return refusal;
        return await Complete(access, id, digest, chunk, context, uploads);
    }

    private static async Task<IResult> Complete(RepositoryAccess access, string id, Digest digest, ContentRange? chunk, HttpContext context, UploadSessions uploads)
    {
        using var writer = await uploads.Enter(access, id, context.RequestAborted);
        if (writer is null)
            return RegistryError.UploadUnknown(id);
        if (writer.Session.IsFinished)
        {
            // A reply that was lost: the same PUT again is the same success. Another digest is another upload.
            return Digest.FromBytes(writer.Session.Digest) == digest
                ? Created(context.Response, access, digest)
                : RegistryError.UploadUnknown(id);
        }
        if (HasBody(context.Request))
        {
            if (chunk is { } range && range.Start != writer.Received)
                return WrongOffset(context.Response, access, id, writer.Received);
            if (!await writer.Receive(context.Request.Body, chunk?.Length, keep: false, context.RequestAborted))
                return RegistryError.UploadInvalid("the body is not as long as its Content-Range says: send the chunk again");
        }
        return await writer.Commit(digest, context.RequestAborted) is { } actual
            ? RegistryError.DigestMismatch(digest, actual)
            : Created(context.Response, access, digest);
    }

    private static async Task<IResult> Cancel(RepositoryAccess access, string id, HttpContext context, UploadSessions uploads) =>
        await uploads.Cancel(access, id, context.RequestAborted)
            ? Results.StatusCode(StatusCodes.Status204NoContent)
            : RegistryError.UploadUnknown(id);

    /// <summary>The chunk that a client sends again because our reply got lost: it ends where the upload stands.</summary>
    private static bool IsRepeat(UploadWriter writer, ContentRange? chunk, long? stated) =>
        chunk is { } range && stated == range.Start && range.End + 1 == writer.Received && range.Start < writer.Received;

    private static bool HasBody(HttpRequest request) => request.ContentLength is null ? request.Headers.TransferEncoding.Count > 0 : request.ContentLength > 0;

    private static bool TryReadChunk(HttpRequest request, out ContentRange? chunk, out IResult refusal)
    {
        (chunk, refusal) = (null, Results.Empty);
        if (request.Headers.ContentRange.ToString() is not { Length: > 0 } header)
            return true;
        if (!ContentRange.TryParse(header, out var range) || (request.ContentLength is { } length && length != range.Length))
        {
            refusal = RegistryError.UploadInvalid("Content-Range must be START-END, both inclusive, and as long as the body");
            return false;
        }
        chunk = range;
        return true;
    }

    /// <summary>The offset that our Location carried: where the client believes the upload stands.</summary>
    private static long? StatedOffset(HttpRequest request) =>
        long.TryParse(request.Query["offset"].ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var offset) ? offset : null;

    private static IResult WrongOffset(HttpResponse response, RepositoryAccess access, string id, long received)
    {
        WriteState(response, access, id, received);
        return RegistryError.RangeInvalid(string.Create(CultureInfo.InvariantCulture, $"the upload stands at byte {received}: send the chunk that begins there"));
    }

    private static IResult Accepted(HttpResponse response, RepositoryAccess access, string id, long received)
    {
        WriteState(response, access, id, received);
        return Results.StatusCode(StatusCodes.Status202Accepted);
    }

    private static void WriteState(HttpResponse response, RepositoryAccess access, string id, long received)
    {
        response.Headers.Location = string.Create(CultureInfo.InvariantCulture, $"/v2/{access.Name}/blobs/uploads/{id}?offset={received}");
        // Inclusive, so that an empty upload is '0-0' as distribution has it; the spec leaves it open.
        response.Headers.Range = string.Create(CultureInfo.InvariantCulture, $"0-{Math.Max(0, received - 1)}");
        response.Headers["Docker-Upload-UUID"] = id;
    }

    private static IResult Created(HttpResponse response, RepositoryAccess access, Digest digest)
    {
        response.Headers.Location = $"/v2/{access.Name}/blobs/{digest}";
        response.Headers["Docker-Content-Digest"] = digest.ToString();
        return Results.StatusCode(StatusCodes.Status201Created);
    }

    private static void LiftDataRate(HttpContext context)
    {
        if (context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
            rate.MinDataRate = null;
    }
}

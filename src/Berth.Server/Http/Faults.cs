using Berth.Server.Access;
using Berth.Server.Storage;

namespace Berth.Server.Http;

/// <summary>
/// The outermost layer: what an endpoint did not answer itself becomes an error in the shape that its API promises. Once an answer
/// has begun the connection is cut, so that no client takes a part for the whole.
/// </summary>
internal sealed class Faults(RequestDelegate next, ILogger<Faults> log)
{
    public async Task Invoke(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client has gone; there is nobody to answer.
        }
        catch (OperationCanceledException)
        {
            // The stall limit of a transfer.
            context.Abort();
        }
        catch (Exception failure)
        {
            if (context.Response.HasStarted)
            {
                log.FailedInMidAnswer(context.Request.Method, context.Request.Path, failure);
                context.Abort();
                return;
            }
            context.Response.Headers.Clear();
            await Answer(context, failure);
        }
    }

    private Task Answer(HttpContext context, Exception failure)
    {
        switch (failure)
        {
            case StorageFullException full:
                log.NoSpace(full.Message);
                return Write(context, RegistryError.NoSpace(full.Message));
            case UploadBusyException:
                return Write(context, RegistryError.UploadBusy());
            case UploadLostException lost:
                log.UploadLost(lost.Message);
                return Write(context, RegistryError.UploadInvalid("the upload's bytes are gone from the store: start the upload anew") with { Status = 404, Code = "BLOB_UPLOAD_UNKNOWN" });
            case BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge }:
                return Write(context, new RegistryError(413, "SIZE_INVALID", "the body is larger than this route takes"));
            case BadHttpRequestException bad:
                return Write(context, RegistryError.Unknown(bad.StatusCode, bad.Message));
            default:
                log.Failed(context.Request.Method, context.Request.Path, failure);
                return Write(context, RegistryError.Unknown(500, "the server failed at this request; its log says why"));
        }
    }

    private static Task Write(HttpContext context, RegistryError error)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<AccessRule.Git>() is not null)
            return PlainError.Write(context.Response, error.Status, error.Message);
        return context.Request.Path.StartsWithSegments("/api")
            ? ApiError.Write(context.Response, error.Status, error.Message)
            : error.Write(context.Response);
    }
}

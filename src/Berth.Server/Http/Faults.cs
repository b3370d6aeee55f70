using System.Text.Json;
using Berth.Server.Storage;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Berth.Server.Http;

/// <summary>
/// The outermost layer: what an endpoint did not answer itself becomes an error in the shape that its API promises. Once an answer
/// has begun the connection is cut, so that no client takes a part for the whole.
/// </summary>
internal sealed class Faults(RequestDelegate next, ILogger<Faults> log)
{
    private static readonly RegistryError TooLarge = new(413, "SIZE_INVALID", "the body is larger than this route takes");

    public async Task Invoke(HttpContext context)
    {
        try
        {
            await next(context);
            if (context.Response is { HasStarted: false, ContentLength: null, StatusCode: 400 or 404 or 405 or 413 or 415 })
                await Unwritten(context);
        }
        catch (Exception failure) when (failure is ConnectionResetException || context.RequestAborted.IsCancellationRequested)
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

    /// <summary>No route, none for this method, or a body that its binding would not read: the framework set the status and wrote nothing more.</summary>
    private static Task Unwritten(HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        if (response.StatusCode == StatusCodes.Status413PayloadTooLarge)
            return Write(context, TooLarge);
        if (request.Path.StartsWithSegments("/api"))
            return ApiError.WriteUnrouted(response);
        return RegistryError.Unsupported(response.StatusCode == StatusCodes.Status404NotFound
            ? "there is nothing at this address"
            : $"this address does not take {request.Method}", response.StatusCode).Write(response);
    }

    private Task Answer(HttpContext context, Exception failure)
    {
        switch (failure)
        {
            case StorageFullException full:
                log.NoSpace(full.Message);
                return Write(context, RegistryError.NoSpace(full.Message));
            case TooManyRequestsException wait:
                wait.SetHeader(context.Response);
                if (context.Request.Path.StartsWithSegments("/api"))
                    return ApiError.WriteWait(context.Response, wait.Status, wait.Message);
                return Write(context, RegistryError.TooManyRequests(wait.Status, wait.Message));
            case UploadBusyException:
                return Write(context, RegistryError.UploadBusy());
            case UploadLostException lost:
                log.UploadLost(lost.Message);
                return Write(context, RegistryError.UploadInvalid("the upload's bytes are gone from the store: start the upload anew") with { Status = 404, Code = "BLOB_UPLOAD_UNKNOWN" });
            case BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge }:
                return Write(context, TooLarge);
            case BadHttpRequestException bad:
                return Write(context, RegistryError.Unknown(bad.StatusCode, Words(bad)));
            case IOException { InnerException: OverflowException } chunk:
                // Kestrel's own for a chunk whose size is beyond 31 bits; nothing of ours counts in a way that could overflow.
                context.Features.Get<IConnectionLifetimeNotificationFeature>()?.RequestClose();
                return Write(context, RegistryError.Unknown(400, chunk.Message));
            case InvalidDataException form:
                return Write(context, RegistryError.Unknown(400, form.Message));
            default:
                log.Failed(context.Request.Method, context.Request.Path, failure);
                return Write(context, RegistryError.Unknown(500, "the server failed at this request; its log says why"));
        }
    }

    /// <summary>The framework's own words name the parameter of our code that a body was to become.</summary>
    private static string Words(BadHttpRequestException bad) => bad switch
    {
        { InnerException: JsonException json } => $"the body is not the JSON that this address takes: see {json.Path}, line {json.LineNumber + 1}, byte {json.BytePositionInLine + 1}",
        { StatusCode: StatusCodes.Status415UnsupportedMediaType } => ApiError.SendJson,
        { InnerException: null, StatusCode: StatusCodes.Status400BadRequest } when bad.Message.StartsWith("Implicit body", StringComparison.Ordinal) => "this address takes a JSON object as its body, and there is none",
        _ => bad.Message,
    };

    private static Task Write(HttpContext context, RegistryError error)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<IPlainErrors>() is not null)
            return PlainError.Write(context.Response, error.Status, error.Message);
        return context.Request.Path.StartsWithSegments("/api")
            ? ApiError.Write(context.Response, error.Status, error.Message)
            : error.Write(context.Response);
    }
}

using Berth.Server.Access;
using Berth.Server.Access.Pages;
using Berth.Server.Configuration;
using Berth.Server.Http;
using Berth.Server.Storage;
using Berth.Server.Web.Pages;

namespace Berth.Server.Web;

/// <summary>Errors of pages are pages: what happened, and what to do. What other routes answer passes through.</summary>
internal sealed class ErrorPages(RequestDelegate next, Sessions sessions, BerthSettings settings, TimeProvider time, ILogger<ErrorPages> log)
{
    public async Task Invoke(HttpContext context)
    {
        // Kept before routing folds it.
        var mayBePage = IsForPeople(context.Request);
        try
        {
            await next(context);
        }
        catch (Exception failure) when (IsPage(context) && !context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested)
        {
            context.Response.Headers.Clear();
            await Show(context, failure);
            return;
        }
        var response = context.Response;
        if (response is { HasStarted: false, ContentLength: null, ContentType: null, StatusCode: >= 400 } && (IsPage(context) || (mayBePage && context.GetEndpoint() is not RouteEndpoint)))
            await Show(context, response.StatusCode, context.Features.Get<PageRefusal>()?.Message ?? Words(response.StatusCode));
    }

    private static bool IsPage(HttpContext context) => context.GetEndpoint() is RouteEndpoint endpoint
        && endpoint.Metadata.GetMetadata<AccessRule>() is { IsPage: true };

    /// <summary>Whether a browser asks, and not for what programs use.</summary>
    private static bool IsForPeople(HttpRequest request) => (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
        && request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase)
        && !request.Path.StartsWithSegments("/v2") && !request.Path.StartsWithSegments("/api") && !request.Path.StartsWithSegments("/jwt");

    private Task Show(HttpContext context, Exception failure)
    {
        switch (failure)
        {
            case StorageFullException full:
                log.NoSpace(full.Message);
                return Show(context, 507, "The disk is full, so nothing can be changed now. Someone who runs this server has to free space.");
            case TooManyRequestsException wait:
                wait.SetHeader(context.Response);
                return Show(context, wait.Status, Sentence(wait.Message));
            case BadHttpRequestException bad:
                return Show(context, bad.StatusCode, Words(bad.StatusCode));
            case InvalidDataException:
                return Show(context, 400, Words(400));
            default:
                log.Failed(context.Request.Method, context.Request.Path, failure);
                return Show(context, 500, "The server failed at this request; its log says why. Try again, and tell who runs it if that does not help.");
        }
    }

    private async Task Show(HttpContext context, int status, string message)
    {
        Session? session = null;
        try
        {
            session = await sessions.Find(PageCookies.ReadSession(context.Request, settings), context.RequestAborted);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // Without its database the server still says what happened.
        }
        await PageResult.Of<ErrorPage>(Viewer.Of(session, time), new ErrorView(status, message), status).ExecuteAsync(context);
    }

    public static string Sentence(string message) => char.ToUpperInvariant(message[0]) + message[1..] + ".";

    private static string Words(int status) => status switch
    {
        404 => "There is nothing at this address, or you may not see it.",
        405 => "This address does not take such a request.",
        413 => "What was sent is larger than this page takes.",
        _ => "The request is not one that this page understands.",
    };
}

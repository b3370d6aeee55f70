namespace Berth.Server.Http;

/// <summary>Why a page is not shown, for the error page that is shown in its place.</summary>
internal sealed record PageRefusal(string Message)
{
    /// <summary>Leaves the answer to the error pages.</summary>
    public static void Set(HttpContext context, int status, string message)
    {
        context.Response.StatusCode = status;
        context.Features.Set(new PageRefusal(message));
    }
}

using System.Text;
using Berth.Server.Access.Pages;
using Berth.Server.Configuration;
using Berth.Server.Http;
using Microsoft.AspNetCore.Components;

namespace Berth.Server.Web;

/// <summary>A page as the answer of an endpoint.</summary>
internal static class PageResult
{
    public static IResult Of<T>(Viewer viewer, object model, int status = 200)
        where T : IComponent => new Rendered<T>(viewer, model, status);

    /// <summary>A page that says what is wrong, in place of the one that was asked for.</summary>
    public static IResult Refused(HttpContext context, int status, string message)
    {
        PageRefusal.Set(context, status, message);
        return Results.Empty;
    }

    /// <summary>To where a form leads: 303, so that the browser gets the page anew.</summary>
    public static IResult SeeOther(string path, PageNote? note = null) => new Redirect(path, note);

    private sealed class Rendered<T>(Viewer viewer, object model, int status) : IResult
        where T : IComponent
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            var settings = httpContext.RequestServices.GetRequiredService<BerthSettings>();
            var note = PageCookies.TakeNote(httpContext, settings) is { } number && Enum.IsDefined((PageNote)number) ? ((PageNote)number).Words() : null;
            var html = Encoding.UTF8.GetBytes(await httpContext.RequestServices.GetRequiredService<PageRenderer>().Page<T>(viewer with { Note = note }, model));
            var response = httpContext.Response;
            response.StatusCode = status;
            response.ContentType = "text/html; charset=utf-8";
            PageHeaders.Set(response);
            response.ContentLength = html.Length;
            await response.Body.WriteAsync(html, httpContext.RequestAborted);
        }
    }

    private sealed class Redirect(string path, PageNote? note) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            if (note is { } told)
                PageCookies.WriteNote(httpContext.Response, httpContext.RequestServices.GetRequiredService<BerthSettings>(), (int)told);
            httpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
            httpContext.Response.Headers.Location = path;
            httpContext.Response.Headers.CacheControl = "no-store";
            return Task.CompletedTask;
        }
    }
}

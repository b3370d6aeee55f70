using System.Globalization;
using Berth.Server.Http;

namespace Berth.Server.Web;

/// <summary>Where a list goes on, from a page's query. What makes no sense is as if it were not there.</summary>
internal static class PageQuery
{
    private const int MaxLength = 300;

    /// <summary>A name; empty if there is none. PostgreSQL takes no NUL.</summary>
    public static string Text(HttpContext context, string key) =>
        context.Request.Query[key].ToString() is { Length: <= MaxLength } text && !text.Contains('\0', StringComparison.Ordinal) ? text : "";

    /// <summary>The number of a page of so many lines, from 1 on; no further than the REST API's go.</summary>
    public static int Page(HttpContext context, int size) => Number(context, "page") is { } number and > 0 && number <= RequestLimits.MaxApiOffset / size ? (int)number : 1;

    public static long? Number(HttpContext context, string key) =>
        long.TryParse(context.Request.Query[key], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}

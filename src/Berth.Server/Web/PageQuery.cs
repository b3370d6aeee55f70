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

    /// <summary>A page of so many lines; none is further than the REST API's go.</summary>
    public static ApiPage Page(HttpContext context, int size) => new(Number(context, "page") is { } number and > 0 && number <= RequestLimits.MaxApiOffset / size ? (int)number : 1, size);

    /// <summary>Where the page after this one is; null if the list, as far as it was <paramref name="counted"/>, ends before.</summary>
    public static string? Next(string url, ApiPage page, int counted) => counted > page.Number * page.Size
        ? string.Create(CultureInfo.InvariantCulture, $"{url}{(url.Contains('?', StringComparison.Ordinal) ? '&' : '?')}page={page.Number + 1}")
        : null;

    public static long? Number(HttpContext context, string key) =>
        long.TryParse(context.Request.Query[key], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}

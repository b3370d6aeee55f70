using System.Globalization;
using Berth.Server.Configuration;

namespace Berth.Server.Http;

/// <summary>GitLab's pages of a list by keyset: no numbers and no totals, and a link to the next page if there is one.</summary>
internal static class ApiKeyset
{
    private const int DefaultSize = 20;

    public static bool IsAsked(HttpRequest request) => request.Query["pagination"] == "keyset";

    /// <summary>per_page, as far as it is served.</summary>
    public static int Size(HttpRequest request) =>
        int.TryParse(request.Query["per_page"], NumberStyles.None, CultureInfo.InvariantCulture, out var size) && size > 0 ? Math.Min(size, RequestLimits.MaxApiPage) : DefaultSize;

    /// <summary>Writes the headers. <paramref name="next"/>: where the next page begins; null if this is the last.</summary>
    public static void WriteHeaders(HttpContext context, BerthSettings settings, string parameter, string? next)
    {
        context.Response.Headers["X-Per-Page"] = Size(context.Request).ToString(CultureInfo.InvariantCulture);
        if (next is null)
            return;
        var kept = context.Request.Query.Where(pair => pair.Key != parameter && pair.Key != "page")
            .SelectMany(pair => pair.Value.Select(value => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(value ?? "")}"));
        context.Response.Headers.Link =
            $"<{settings.ExternalOrigin}{context.Request.Path.ToUriComponent()}?{string.Join('&', kept.Append($"{parameter}={Uri.EscapeDataString(next)}"))}>; rel=\"next\"";
    }

    /// <summary>The page itself, with its headers. <paramref name="rows"/>: one more than <see cref="Size"/>, if there are so many.</summary>
    public static IEnumerable<T> Page<T>(HttpContext context, BerthSettings settings, string parameter, List<T> rows, Func<T, string> place)
    {
        var size = Size(context.Request);
        WriteHeaders(context, settings, parameter, rows.Count > size ? place(rows[size - 1]) : null);
        return rows.Take(size);
    }

    /// <summary>A list by falling numbers: the number behind which a page begins. False if it is none.</summary>
    public static bool TryReadBefore(HttpRequest request, out long before)
    {
        before = long.MaxValue;
        var text = request.Query["cursor"].ToString();
        return text.Length == 0 || long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out before);
    }
}

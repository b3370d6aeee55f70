using System.Globalization;

namespace Berth.Server.Http;

/// <summary>One page of a list of the REST API, by GitLab's page and per_page, and the headers that lead to the others.</summary>
internal readonly record struct ApiPage(int Number, int Size)
{
    private const int DefaultSize = 20;

    /// <summary>Above it the total is left out, as GitLab does.</summary>
    private const long MaxTotal = 10_000;

    public int Offset => (int)Math.Min((Number - 1L) * Size, int.MaxValue);

    public static ApiPage Of(HttpRequest request) => new(Read(request, "page", 1, int.MaxValue), Read(request, "per_page", DefaultSize, RequestLimits.MaxApiPage));

    public void WriteHeaders(HttpContext context, long total)
    {
        var headers = context.Response.Headers;
        var pages = Math.Max(1, (total + Size - 1) / Size);
        headers["X-Page"] = Text(Number);
        headers["X-Per-Page"] = Text(Size);
        headers["X-Next-Page"] = Number < pages ? Text(Number + 1L) : "";
        headers["X-Prev-Page"] = Number > 1 ? Text(Number - 1L) : "";
        if (total <= MaxTotal)
        {
            headers["X-Total"] = Text(total);
            headers["X-Total-Pages"] = Text(pages);
        }
        var links = new List<string>();
        if (Number > 1)
            links.Add(Link(context.Request, Number - 1L, "prev"));
        if (Number < pages)
            links.Add(Link(context.Request, Number + 1L, "next"));
        links.Add(Link(context.Request, 1, "first"));
        if (total <= MaxTotal)
            links.Add(Link(context.Request, pages, "last"));
        headers.Link = string.Join(", ", links);
    }

    private string Link(HttpRequest request, long page, string relation)
    {
        var query = request.Query.Where(pair => pair.Key is not ("page" or "per_page"))
            .SelectMany(pair => pair.Value, (pair, value) => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(value ?? "")}&");
        return $"<{request.PathBase}{request.Path}?{string.Concat(query)}page={page}&per_page={Size}>; rel=\"{relation}\"";
    }

    private static int Read(HttpRequest request, string name, int fallback, int most) =>
        int.TryParse(request.Query[name], NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value > 0 ? Math.Min(value, most) : fallback;

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}

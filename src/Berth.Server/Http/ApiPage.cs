using System.Globalization;
using Berth.Server.Configuration;

namespace Berth.Server.Http;

/// <summary>GitLab's pages of a list by number: what the query asks for, and the headers that say where it is.</summary>
internal readonly record struct ApiPage(int Number, int Size)
{
    /// <summary>Entries that are counted: GitLab's. Of longer lists it names neither total nor last page.</summary>
    public const int MaxCounted = 10_000;

    private const int DefaultSize = 20;

    public int Skip => (Number - 1) * Size;

    /// <summary>How many entries to read to know the page, whether one follows it, and the total as far as it is told.</summary>
    public int Needed => Math.Max(MaxCounted + 1, Skip + Size + 1);

    public static ApiPage Of(HttpRequest request)
    {
        var size = Read(request.Query["per_page"], DefaultSize, RequestLimits.MaxApiPage);
        var number = Read(request.Query["page"], 1, int.MaxValue);
        // GitLab's status. The last page that there is once more would lead whoever follows the links in a circle.
        return (number - 1L) * size <= RequestLimits.MaxApiOffset
            ? new ApiPage(number, size)
            : throw new BadHttpRequestException($"a page may skip {RequestLimits.MaxApiOffset} entries: for those behind ask by pagination=keyset where a list has it, or for less", StatusCodes.Status405MethodNotAllowed);
    }

    /// <summary>Writes the headers. <paramref name="counted"/>: the length of the list, up to <see cref="Needed"/>.</summary>
    public void WriteHeaders(HttpContext context, BerthSettings settings, int counted)
    {
        var headers = context.Response.Headers;
        var next = counted > Skip + Size;
        headers["X-Page"] = Text(Number);
        headers["X-Per-Page"] = Text(Size);
        headers["X-Prev-Page"] = Number > 1 ? Text(Number - 1) : "";
        headers["X-Next-Page"] = next ? Text(Number + 1) : "";
        var links = new List<string>();
        var kept = string.Concat(context.Request.Query.Where(pair => pair.Key is not ("page" or "per_page"))
            .SelectMany(pair => pair.Value.Select(value => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(value ?? "")}&")));
        var address = $"{settings.ExternalOrigin}{context.Request.Path.ToUriComponent()}?{kept}per_page={Size}&page=";
        void Link(int page, string relation) => links.Add($"<{address}{page}>; rel=\"{relation}\"");
        if (Number > 1)
            Link(Number - 1, "prev");
        if (next)
            Link(Number + 1, "next");
        Link(1, "first");
        if (counted <= MaxCounted)
        {
            var pages = Math.Max(1, (counted + Size - 1) / Size);
            headers["X-Total"] = Text(counted);
            headers["X-Total-Pages"] = Text(pages);
            Link(pages, "last");
        }
        headers.Link = string.Join(", ", links);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static int Read(string? text, int otherwise, int most) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? Math.Min(number, most) : otherwise;
}

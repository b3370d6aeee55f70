using System.Text;

namespace Berth.Server.Web;

/// <summary>Server-sent events (HTML standard, section 9.2) over one response.</summary>
internal sealed class EventStream(HttpResponse response)
{
    public static async Task<EventStream> Begin(HttpResponse response)
    {
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-store";
        response.Headers.XContentTypeOptions = "nosniff";
        // nginx would hold the events back.
        response.Headers["X-Accel-Buffering"] = "no";
        var stream = new EventStream(response);
        await stream.Write("retry: 2000\n\n", response.HttpContext.RequestAborted);
        return stream;
    }

    public Task Send(string name, string data, string? id, CancellationToken cancellationToken)
    {
        var text = new StringBuilder("event: ").Append(name).Append('\n');
        foreach (var line in data.ReplaceLineEndings("\n").Split('\n'))
            text.Append("data: ").Append(line).Append('\n');
        if (id is not null)
            text.Append("id: ").Append(id).Append('\n');
        return Write(text.Append('\n').ToString(), cancellationToken);
    }

    public Task Comment(CancellationToken cancellationToken) => Write(":\n\n", cancellationToken);

    private async Task Write(string text, CancellationToken cancellationToken)
    {
        await response.WriteAsync(text, cancellationToken);
        await response.Body.FlushAsync(cancellationToken);
    }
}

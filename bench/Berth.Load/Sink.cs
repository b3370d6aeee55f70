using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Berth.Load;

/// <summary>
/// A registry that keeps nothing: uploads are read and thrown away, and every GET and HEAD is answered with the same bytes from
/// memory, or with as many as the address ends with (/size/1073741824). What a client reaches here is that client's ceiling.
/// </summary>
internal static class Sink
{
    private static readonly byte[] Answer = new byte[512];
    private static readonly byte[] Block = new byte[64 * 1024];

    public static async Task<int> Run(int port, bool inline, CancellationToken cancellationToken)
    {
        if (inline)
        {
            Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");
            Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT", "1");
        }
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseSockets(sockets => sockets.UnsafePreferInlineScheduling = inline).ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Listen(IPAddress.Loopback, port);
        });
        await using var app = builder.Build();
        app.Run(Respond);
        await app.StartAsync(cancellationToken);
        Console.WriteLine($"sink at http://127.0.0.1:{port}");
        await Task.Delay(Timeout.Infinite, cancellationToken).ContinueWith(_ => { }, TaskScheduler.Default);
        return 0;
    }

    private static async Task Respond(HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        switch (request.Method)
        {
            case "GET" or "HEAD":
                await Send(request, response);
                return;
            case "POST":
                response.StatusCode = StatusCodes.Status202Accepted;
                response.Headers.Location = request.Path + "0";
                return;
            case "PATCH":
                await Discard(request);
                response.StatusCode = StatusCodes.Status202Accepted;
                response.Headers.Location = request.Path.Value;
                return;
            default:
                await Discard(request);
                response.StatusCode = StatusCodes.Status201Created;
                return;
        }
    }

    private static async Task Send(HttpRequest request, HttpResponse response)
    {
        var path = request.Path.Value!;
        var length = long.TryParse(path.AsSpan(path.LastIndexOf('/') + 1), out var wanted) ? wanted : Answer.Length;
        response.ContentLength = length;
        if (HttpMethods.IsHead(request.Method))
            return;
        for (var left = length; left > 0; left -= Block.Length)
            await response.BodyWriter.WriteAsync(left <= Answer.Length ? Answer.AsMemory(0, (int)left) : Block.AsMemory(0, (int)Math.Min(left, Block.Length)), request.HttpContext.RequestAborted);
    }

    private static async Task Discard(HttpRequest request)
    {
        while (true)
        {
            var read = await request.BodyReader.ReadAsync(request.HttpContext.RequestAborted);
            request.BodyReader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
                return;
        }
    }
}

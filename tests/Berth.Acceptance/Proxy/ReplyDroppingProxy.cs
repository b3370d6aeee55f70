using System.Collections.Concurrent;
using System.Globalization;
using System.Text.RegularExpressions;
using Berth.Acceptance.Harness;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Berth.Acceptance.Proxy;

/// <summary>How a client learns that the reply to its request got lost.</summary>
public enum LostReply
{
    /// <summary>The connection is reset.</summary>
    Reset,

    /// <summary>The proxy says 502 in its stead.</summary>
    BadGateway,
}

/// <summary>
/// A proxy on the loopback that loses replies at random: the server has done its work and answered in full, and the client does not
/// hear of it. It loses at most <see cref="MaxPerImage"/> replies of one image, so that a client that tries more often must succeed.
/// </summary>
internal sealed partial class ReplyDroppingProxy : IAsyncDisposable
{
    /// <summary>One less than podman 4.3 tries, and two less than docker 20.10 does with each layer.</summary>
    public const int MaxPerImage = 3;

    private readonly HttpClient _server = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, UseCookies = false }) { Timeout = Timeout.InfiniteTimeSpan };
    private readonly ConcurrentDictionary<string, int> _perImage = new();
    private readonly ConcurrentQueue<string> _unanswered = new();
    private readonly Lock _lock = new();
    private readonly Random _random;
    private WebApplication? _app;

    /// <param name="seed">Of the chance.</param>
    public ReplyDroppingProxy(int seed) => _random = new Random(seed);

    public int Port { get; } = BerthProgram.FreePort();

    public string Registry => $"localhost:{Port}";

    public LostReply Way { get; init; }

    /// <summary>Whether the client sends a request again by itself, by its method and path; only replies to such get lost.</summary>
    public required Func<string, string, bool> IsRetried { get; init; }

    /// <summary>How many replies got lost, by method and kind of path.</summary>
    public ConcurrentDictionary<string, int> Lost { get; } = new();

    /// <param name="server">The URL of the registry, without a slash at the end.</param>
    public async Task Start(string server)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.ListenLocalhost(Port);
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
        });
        _app = builder.Build();
        _app.Run(context => Forward(context, server));
        await _app.StartAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
            await _app.DisposeAsync();
        _server.Dispose();
    }

    private async Task Forward(HttpContext context, string server)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        using var request = Copy(context.Request, server + target);
        using var reply = await Ask(request, context);
        if (reply is null)
            return;
        if (IsToBeLost(context.Request.Method, target.Split('?')[0]))
            await Lose(context, reply);
        else
            await Pass(reply, context.Response, context.RequestAborted);
    }

    /// <summary>Null, with 502, if the server gave no answer: then the test's outcome says so.</summary>
    private async Task<HttpResponseMessage?> Ask(HttpRequestMessage request, HttpContext context)
    {
        try
        {
            return await _server.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, context.RequestAborted);
        }
        catch (HttpRequestException failure)
        {
            _unanswered.Enqueue($"{request.Method} {request.RequestUri!.AbsolutePath}: {failure.Message} {failure.InnerException?.Message}");
            context.Response.StatusCode = StatusCodes.Status502BadGateway;
            return null;
        }
    }

    private static HttpRequestMessage Copy(HttpRequest from, string url)
    {
        var request = new HttpRequestMessage(new HttpMethod(from.Method), url);
        if (from.ContentLength > 0 || from.Headers.TransferEncoding.Count > 0)
            request.Content = new StreamContent(from.Body);
        foreach (var (name, values) in from.Headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, values.AsEnumerable()))
                request.Content?.Headers.TryAddWithoutValidation(name, values.AsEnumerable());
        }
        return request;
    }

    private bool IsToBeLost(string method, string path)
    {
        if (Image().Match(path) is not { Success: true } image || !IsRetried(method, path))
            return false;
        // What ends a blob or a manifest is the rarest request, and the one whose repetition is the hardest.
        var chance = HttpMethods.IsPut(method) ? 0.3 : 0.08;
        lock (_lock)
        {
            var before = _perImage.GetValueOrDefault(image.Value);
            if (before == MaxPerImage || _random.NextDouble() >= chance)
                return false;
            _perImage[image.Value] = before + 1;
        }
        Lost.AddOrUpdate($"{method} {path[image.Length..].Split('/')[1]}", 1, static (_, count) => count + 1);
        return true;
    }

    private async Task Lose(HttpContext context, HttpResponseMessage reply)
    {
        await reply.Content.CopyToAsync(Stream.Null, context.RequestAborted);
        if (Way == LostReply.Reset)
            context.Abort();
        else
            context.Response.StatusCode = StatusCodes.Status502BadGateway;
    }

    private static async Task Pass(HttpResponseMessage reply, HttpResponse to, CancellationToken cancellationToken)
    {
        to.StatusCode = (int)reply.StatusCode;
        foreach (var (name, values) in reply.Headers.NonValidated.Concat(reply.Content.Headers.NonValidated))
        {
            // Of the connection to the server, not of this one.
            if (name is not ("Transfer-Encoding" or "Connection"))
                to.Headers[name] = values.ToArray();
        }
        if (!HttpMethods.IsHead(to.HttpContext.Request.Method))
            await reply.Content.CopyToAsync(to.Body, cancellationToken);
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Lost.Values.Sum()} replies lost ({string.Join(", ", Lost.OrderBy(lost => lost.Key, StringComparer.Ordinal).Select(lost => $"{lost.Value} of {lost.Key}"))}), {_unanswered.Count} requests without an answer of the server ({string.Join("; ", _unanswered)})");

    /// <summary>A path's part that names the image.</summary>
    [GeneratedRegex("^/v2/[a-z0-9/]+?(?=/(blobs|manifests)/)")]
    private static partial Regex Image();
}

using System.IO.Pipelines;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Berth.Server.Storage;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Berth.Server.Http;

/// <summary>
/// Answers of one connection that are given where its request is noticed, on the <see cref="SocketThread"/>: to wake one of the pool for it
/// costs a quarter of all that a manifest's GET does. A request begins there, and ends there if all is in memory. What may block leaves
/// the thread first; from then on the connection is the pool's until that answer is complete.
/// </summary>
/// <param name="socket">The connection's.</param>
internal sealed class InlineAnswers(Socket socket)
{
    /// <summary>
    /// Answers that a thread gives to one connection with none to another between them, in under two milliseconds: one that sends request
    /// upon request leaves room for others. Where others are answered meanwhile there is room.
    /// </summary>
    private const int MaxInARow = 64;

    /// <summary>Reads beyond one a request, each of up to 128 KiB: Kestrel passes over blank lines before a request without an end.</summary>
    private const int MaxInVain = 8;

    private int _inARow;
    private int _latest;
    private int _readInVain;

    /// <summary>Whether the next request may be answered inline: nothing of one is under way then.</summary>
    private volatile bool _stays;

    /// <summary>Bytes are handed on where they are received. By itself that changes no thread: a socket has to prefer it too.</summary>
    public static void HandOn(SocketTransportOptions options) => options.UnsafePreferInlineScheduling = true;

    /// <summary>Gives each connection one.</summary>
    public static void Remember(ListenOptions listen) => listen.Use(next => connection =>
    {
        if (connection.Features.Get<IConnectionSocketFeature>() is { } found)
        {
            var answers = new InlineAnswers(found.Socket);
            connection.Features.Set(answers);
            connection.Transport = new Transport(new Input(connection.Transport.Input, answers), connection.Transport.Output);
        }
        return next(connection);
    });

    /// <summary>The first of all layers. HTTP/2 reads on the pool anyway; what TLS takes to read is not worth holding up others.</summary>
    public static Task Middleware(HttpContext context, RequestDelegate next) =>
        context.Features.Get<InlineAnswers>() is { } connection && !context.Request.IsHttps && !HttpProtocol.IsHttp2(context.Request.Protocol)
            ? connection.Answer(context, next)
            : next(context);

    private Task Answer(HttpContext context, RequestDelegate next)
    {
        // What nobody read of a body is read after the answer, as fast as it comes: by the pool.
        var stays = context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false };
        if (!SocketThread.Meet())
        {
            _inARow = 0;
            Stay(false);
            return Complete(next(context), stays);
        }
        if (_readInVain > 0)
            _readInVain--;
        if (!stays || !SocketThread.MayAnswer || !MayBeInMemory(context.Request) || CountInARow() > MaxInARow)
        {
            _inARow = 0;
            Stay(false);
            return Elsewhere(context, next, stays);
        }
        var answer = next(context);
        if (answer.IsCompletedSuccessfully)
            return answer;
        Stay(false);
        return Complete(answer, stays);
    }

    private async Task Elsewhere(HttpContext context, RequestDelegate next, bool stays)
    {
        await SocketThread.Leave();
        await Complete(next(context), stays);
    }

    private async Task Complete(Task answer, bool stays)
    {
        try
        {
            await answer;
        }
        finally
        {
            if (stays)
                Stay(true);
        }
    }

    /// <summary>Manifests and whether a blob is there: all that Berth keeps in memory to answer from.</summary>
    private static bool MayBeInMemory(HttpRequest request) => RepositoryPath.IsOf(request)
        && (HttpMethods.IsHead(request.Method) || (HttpMethods.IsGet(request.Method) && request.Path.Value!.Contains("/manifests/", StringComparison.Ordinal)));

    private int CountInARow()
    {
        var answer = SocketThread.CountAnswer();
        _inARow = answer == _latest + 1 ? _inARow + 1 : 1;
        _latest = answer;
        return _inARow;
    }

    private void Stay(bool value)
    {
        _stays = value;
        SetPreferInlineCompletions(socket, value);
    }

    // Not public in .NET, but kept for callers from outside, by its own words; the alternative is a switch for all sockets of the process.
    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_PreferInlineCompletions")]
    private static extern void SetPreferInlineCompletions(Socket socket, bool value);

    private sealed record Transport(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    /// <summary>
    /// What the connection receives. Only a next request is read inline, and that no longer once too much was read in vain; all else is
    /// handed to the pool, as without any of this. Sending needs no such care: Kestrel tells those who wait for it on the pool.
    /// </summary>
    private sealed class Input(PipeReader inner, InlineAnswers connection) : PipeReader
    {
        public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) =>
            connection._stays && !(SocketThread.Meet() && ++connection._readInVain > MaxInVain) ? inner.ReadAsync(cancellationToken) : ReadElsewhere(cancellationToken);

        public override bool TryRead(out ReadResult result) => inner.TryRead(out result);

        public override void AdvanceTo(SequencePosition consumed) => inner.AdvanceTo(consumed);

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => inner.AdvanceTo(consumed, examined);

        public override void CancelPendingRead() => inner.CancelPendingRead();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);

        public override ValueTask CompleteAsync(Exception? exception = null) => inner.CompleteAsync(exception);

        private async ValueTask<ReadResult> ReadElsewhere(CancellationToken cancellationToken)
        {
            connection.Stay(false);
            connection._readInVain = 0;
            await SocketThread.Leave();
            var read = inner.ReadAsync(cancellationToken);
            if (read.IsCompleted)
                return await read;
            try
            {
                return await read;
            }
            finally
            {
                // Whichever thread received it goes on receiving.
                await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            }
        }
    }
}

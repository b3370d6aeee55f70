using System.Buffers;
using System.IO.Compression;
using Berth.Server.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Berth.Server.Git;

/// <summary>Moves bytes between a request and git through one pooled buffer each way.</summary>
internal static class GitStreams
{
    /// <summary>The request's body, unzipped, with no least rate either way; null if its encoding is not known.</summary>
    public static Stream? OpenBody(HttpContext context)
    {
        if (context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } received)
            received.MinDataRate = null;
        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } sent)
            sent.MinDataRate = null;
        return context.Request.Headers.ContentEncoding.ToString().ToLowerInvariant() switch
        {
            "" or "identity" => context.Request.Body,
            "gzip" or "x-gzip" => new GZipStream(context.Request.Body, CompressionMode.Decompress),
            _ => null,
        };
    }

    /// <summary>Copies git's output to the client; returns how many bytes, and whether a pack was among them.</summary>
    public static async Task<(long Bytes, bool HasPack)> Copy(Stream from, Stream to, StallLimit stall)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(GitLimits.BufferBytes);
        var (bytes, hasPack) = (0L, false);
        try
        {
            int read;
            while ((read = await from.ReadAsync(buffer, stall.Token)) > 0)
            {
                // git writes the beginning of a pack (version 2) in one piece.
                hasPack = hasPack || buffer.AsSpan(0, read).IndexOf("PACK\0\0\0\u0002"u8) >= 0;
                await to.WriteAsync(buffer.AsMemory(0, read), stall.Token);
                bytes += read;
                stall.Restart();
            }
            return (bytes, hasPack);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>
    /// Copies a body to git's input, and closes that. Once git has ended, the rest of the body is still read, so that the client
    /// comes to hear why.
    /// </summary>
    /// <param name="head">What was read of the body before.</param>
    /// <param name="body">The rest.</param>
    /// <param name="input">Of git.</param>
    /// <param name="limit">Bytes; past it the request fails with 413. 0 is no limit.</param>
    /// <param name="stall">Ends it.</param>
    /// <returns>How many bytes came.</returns>
    public static async Task<long> Feed(ReadOnlyMemory<byte> head, Stream body, Stream input, long limit, StallLimit stall)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(GitLimits.BufferBytes);
        long bytes = head.Length;
        try
        {
            var taken = await TryWrite(input, head, stall.Token);
            int read;
            while ((read = await body.ReadAsync(buffer, stall.Token)) > 0)
            {
                bytes += read;
                if (limit > 0 && bytes > limit)
                    throw new BadHttpRequestException($"the body is over {limit} bytes", StatusCodes.Status413PayloadTooLarge);
                taken = taken && await TryWrite(input, buffer.AsMemory(0, read), stall.Token);
                stall.Restart();
            }
            return bytes;
        }
        finally
        {
            input.Close();
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async Task<bool> TryWrite(Stream input, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        try
        {
            await input.WriteAsync(bytes, cancellationToken);
            return true;
        }
        catch (IOException)
        {
            // git has closed its input: it has what it wants, or has failed and says so on its output.
            return false;
        }
    }
}

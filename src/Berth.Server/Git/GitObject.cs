namespace Berth.Server.Git;

/// <summary>An object that git is about to hand over: its facts, and its bytes once. Disposing it ends the reading.</summary>
internal sealed class GitObject(GitProcess git, string id, string type, long size) : IAsyncDisposable
{
    /// <summary>Its hash, in hex.</summary>
    public string Id => id;

    /// <summary>blob, commit, tree or tag.</summary>
    public string Type => type;

    /// <summary>In bytes.</summary>
    public long Size => size;

    /// <summary>The bytes, to be read once; there are <see cref="Size"/> of them.</summary>
    public Stream Bytes => git.Output;

    /// <summary>All bytes, if they are at most <paramref name="limit"/>: the caller has looked at <see cref="Size"/>.</summary>
    public async Task<byte[]> ReadBytes(int limit, CancellationToken cancellationToken)
    {
        if (size > limit)
            throw new InvalidOperationException($"The object has {size} bytes, over the limit of {limit}.");
        var bytes = new byte[size];
        await git.Output.ReadExactlyAsync(bytes, cancellationToken);
        return bytes;
    }

    /// <summary>Streams the bytes; an end before <see cref="Size"/> is a fault.</summary>
    public async Task CopyTo(Stream to, CancellationToken cancellationToken)
    {
        var buffer = new byte[GitLimits.BufferBytes];
        for (var left = size; left > 0;)
        {
            var read = await git.Output.ReadAsync(buffer.AsMemory(0, (int)Math.Min(left, buffer.Length)), cancellationToken);
            if (read == 0)
                throw new EndOfStreamException("git ended in the middle of an object.");
            await to.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            left -= read;
        }
    }

    public ValueTask DisposeAsync() => git.DisposeAsync();
}

using System.Buffers;
using System.Security.Cryptography;
using Berth.Oci;
using Berth.Server.Access;
using Berth.Server.Storage;

namespace Berth.Server.Distribution;

/// <summary>The one writer of an upload: takes bytes, hashes them on the way, and makes them a blob.</summary>
internal sealed class UploadWriter(UploadSessions sessions, RepositoryAccess access, UploadSession session, Action leave) : IDisposable
{
    /// <summary>How often a long body looks whether the disk still has room.</summary>
    private const long RoomEvery = 16 * 1024 * 1024;

    private ResumableSha256? _hash;
    private long _received = session.Received;

    public UploadSession Session => session;

    public long Received => _received;

    /// <summary>
    /// Appends a request's body. Where the client goes away in the middle, what arrived of a body without a stated range is kept
    /// for it to go on from; of a stated range nothing is, so that the same range can be sent again.
    /// </summary>
    /// <param name="body">The body.</param>
    /// <param name="exactly">The length of the stated range; null if none was stated.</param>
    /// <param name="keep">Whether to write the progress down; not where the commit follows at once.</param>
    /// <param name="cancellationToken">Ends the transfer.</param>
    /// <returns>False if the body was not as long as the stated range; then nothing of it counts.</returns>
    public async Task<bool> Receive(Stream body, long? exactly, bool keep, CancellationToken cancellationToken)
    {
        _hash ??= await RestoreHash(cancellationToken);
        var before = _received;
        using (var staged = await sessions.OpenStaged(session, cancellationToken))
        {
            try
            {
                await Copy(body, staged, cancellationToken);
                await staged.Flush(cancellationToken);
            }
            catch (StorageFullException)
            {
                // What arrived of this request would hold the little room for a day, and clients that stream don't come back for it.
                staged.Dispose();
                (await sessions.OpenStaged(session, CancellationToken.None)).Dispose();
                throw;
            }
            catch (Exception) when (exactly is null && keep)
            {
                await staged.Flush(CancellationToken.None);
                _received = staged.Offset;
                await Save();
                throw;
            }
            _received = staged.Offset;
        }
        if (exactly is { } length && _received - before != length)
            return false;
        if (keep)
            await Save();
        return true;
    }

    /// <summary>Checks the digest and commits. Null if all is well; else the digest that the bytes have, and the upload is gone.</summary>
    public async Task<Digest?> Commit(Digest digest, CancellationToken cancellationToken)
    {
        if (_received == 0)
            (await sessions.OpenStaged(session, cancellationToken)).Dispose();
        var actual = digest.Algorithm == DigestAlgorithm.Sha256
            ? Digest.FromHash(DigestAlgorithm.Sha256, (_hash ??= await RestoreHash(cancellationToken)).Finish())
            : await HashStaged(HashAlgorithmName.SHA512, cancellationToken);
        if (actual != digest)
        {
            await sessions.Discard(session);
            return actual;
        }
        // A commit that is cut off is resumed by the state of all bytes, those of the PUT included.
        if (session.Received > 0 && _received > session.Received)
            await Save();
        await sessions.Commit(access, session, digest, _received);
        return null;
    }

    public void Dispose()
    {
        _hash?.Dispose();
        leave();
    }

    /// <summary>Reads into one buffer until it is full, so that small packets don't become small writes.</summary>
    private async Task Copy(Stream body, IStagedUpload staged, CancellationToken cancellationToken)
    {
        using var rented = sessions.RentBuffer();
        var buffer = rented.Memory[..OciTransfer.BufferBytes];
        using var stall = sessions.LimitStall(cancellationToken);
        var filled = 0;
        var roomAt = staged.Offset;
        var longFrom = staged.Offset + OciTransfer.LongBodyBytes;
        while (true)
        {
            var read = await Read(body, buffer, filled, staged, stall.Token);
            filled += read;
            stall.Restart();
            if (filled < buffer.Length && read > 0)
                continue;
            if (staged.Offset >= roomAt)
            {
                sessions.EnsureRoom(filled);
                roomAt = staged.Offset + RoomEvery;
            }
            await Append(staged, buffer[..filled], stall.Token);
            filled = 0;
            if (read == 0)
                return;
            if (staged.Offset >= longFrom)
                buffer = rented.Memory[..OciTransfer.LongBufferBytes];
        }
    }

    /// <summary>Reads behind the filled part of the buffer; where the body breaks off, that part is kept.</summary>
    private async ValueTask<int> Read(Stream body, Memory<byte> buffer, int filled, IStagedUpload staged, CancellationToken cancellationToken)
    {
        try
        {
            return await body.ReadAsync(buffer[filled..], cancellationToken);
        }
        catch when (filled > 0)
        {
            await Append(staged, buffer[..filled], CancellationToken.None);
            throw;
        }
    }

    private async ValueTask Append(IStagedUpload staged, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        if (bytes.Length < OciTransfer.LongBufferBytes)
        {
            await staged.Append(bytes, cancellationToken);
            _hash!.Append(bytes.Span);
            return;
        }
        var writing = Task.Run(() => staged.Append(bytes, cancellationToken).AsTask(), CancellationToken.None);
        _hash!.Append(bytes.Span);
        try
        {
            await writing;
        }
        catch
        {
            // It holds bytes that were not written.
            _hash.Dispose();
            _hash = null;
            throw;
        }
    }

    private Task Save() => sessions.Save(session, _received, _hash?.Export());

    /// <summary>From the session; where the state could not be kept the staged bytes are read once more.</summary>
    private async Task<ResumableSha256> RestoreHash(CancellationToken cancellationToken)
    {
        if (session.HashState is { } state && ResumableSha256.TryImport(state) is { } restored)
            return restored;
        var hash = new ResumableSha256();
        if (session.Received > 0)
            await ReadStaged(session.Received, bytes => hash.Append(bytes.Span), cancellationToken);
        return hash;
    }

    private async Task<Digest> HashStaged(HashAlgorithmName algorithm, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(algorithm);
        await ReadStaged(_received, bytes => hash.AppendData(bytes.Span), cancellationToken);
        return Digest.FromHash(DigestAlgorithm.Sha512, hash.GetHashAndReset());
    }

    private async Task ReadStaged(long length, Action<ReadOnlyMemory<byte>> take, CancellationToken cancellationToken)
    {
        using var reader = await sessions.ReadStaged(session, cancellationToken);
        var buffer = ArrayPool<byte>.Shared.Rent(OciTransfer.BufferBytes);
        try
        {
            for (var offset = 0L; offset < length;)
            {
                var read = await reader.Read(buffer.AsMemory(0, (int)Math.Min(buffer.Length, length - offset)), offset, cancellationToken);
                if (read == 0)
                    throw new UploadLostException(session.Id);
                take(buffer.AsMemory(0, read));
                offset += read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}

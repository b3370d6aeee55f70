using System.Security.Cryptography;

namespace Berth.Server.Storage;

/// <summary>
/// A sha256 whose state can leave the process and be taken up by another one, so that an upload goes on after a restart
/// without reading again what is staged. Where OpenSSL's library is missing it hashes as well, but exports nothing.
/// Not safe for use by several threads at once.
/// </summary>
internal sealed class ResumableSha256 : IDisposable
{
    // The first byte of an export. A program that lays the state out differently takes another number.
    private const byte Version = 1;

    private readonly byte[]? _state;
    private readonly IncrementalHash? _fallback;

    public ResumableSha256()
        : this(OpenSslSha256.IsAvailable)
    {
    }

    /// <param name="exportable">False to do without OpenSSL's library.</param>
    internal ResumableSha256(bool exportable)
    {
        if (exportable)
            OpenSslSha256.Init(_state = new byte[OpenSslSha256.StateSize]);
        else
            _fallback = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    }

    private ResumableSha256(ReadOnlySpan<byte> state)
    {
        _state = state.ToArray();
        Length = OpenSslSha256.LengthOf(state);
    }

    /// <summary>Whether <see cref="Export"/> gives something.</summary>
    public bool CanExport => _state is not null;

    /// <summary>How many bytes were hashed, those before an import included. To be held against the upload's offset.</summary>
    public long Length { get; private set; }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (_state is not null)
            OpenSslSha256.Update(_state, bytes);
        else
            _fallback!.AppendData(bytes);
        Length += bytes.Length;
    }

    /// <summary>
    /// The state in 113 bytes for <see cref="TryImport"/>, the same on x64 and arm64; null if <see cref="CanExport"/> is false.
    /// </summary>
    public byte[]? Export() => _state is null ? null : [Version, .. _state];

    /// <summary>Goes on from an exported state; null if this program can't, and what is staged must be hashed again.</summary>
    public static ResumableSha256? TryImport(ReadOnlySpan<byte> exported) =>
        OpenSslSha256.IsAvailable && exported is [Version, .. var state] && OpenSslSha256.IsSound(state)
            ? new ResumableSha256(state)
            : null;

    /// <summary>Writes the hash of all that was appended into 32 bytes. Appending may go on afterwards.</summary>
    public void Finish(Span<byte> hash)
    {
        if (_state is null)
        {
            _fallback!.GetCurrentHash(hash);
            return;
        }
        Span<byte> copy = stackalloc byte[OpenSslSha256.StateSize];
        _state.CopyTo(copy);
        OpenSslSha256.Final(copy, hash);
    }

    /// <inheritdoc cref="Finish(Span{byte})"/>
    public byte[] Finish()
    {
        var hash = new byte[SHA256.HashSizeInBytes];
        Finish(hash);
        return hash;
    }

    public void Dispose() => _fallback?.Dispose();
}

using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Berth.Runner.Trace;

/// <summary>
/// The log of one job: masked, cut at its limit, and kept in an unnamed file so that any part can be sent again and none of it
/// stays in memory. Written from several threads; each write is in one piece.
/// </summary>
internal sealed class JobTrace : IDisposable
{
    private readonly Lock _lock = new();
    private readonly SecretMask _mask;
    private readonly long _limit;
    private readonly SafeFileHandle _file;
    private Crc32 _checksum;
    private long _length;
    private bool _isCut;

    /// <param name="mask">What hides secrets.</param>
    /// <param name="limit">Bytes kept; a line says that the rest is not.</param>
    public JobTrace(SecretMask mask, long limit)
    {
        _mask = mask;
        _limit = limit;
        var path = Path.Combine(Path.GetTempPath(), $"berth-runner-{Path.GetRandomFileName()}");
        _file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, FileOptions.DeleteOnClose);
        File.Delete(path);
    }

    /// <summary>Bytes that may be sent by now.</summary>
    public long Length
    {
        get
        {
            lock (_lock)
                return _length;
        }
    }

    /// <summary>As coordinators take it, over <see cref="Length"/> bytes.</summary>
    public string Checksum
    {
        get
        {
            lock (_lock)
                return $"crc32:{_checksum.Value:x8}";
        }
    }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        lock (_lock)
        {
            if (!_isCut)
                Store(_mask.Write(bytes));
        }
    }

    public void Write(string text) => Write(Encoding.UTF8.GetBytes(text));

    /// <summary>Writes what is held back as a possible beginning of a secret; only right at the end of the log.</summary>
    public void Complete()
    {
        lock (_lock)
        {
            if (!_isCut)
                Store(_mask.Flush());
        }
    }

    /// <returns>How many bytes stand in <paramref name="buffer"/>; 0 at the end.</returns>
    public int Read(long offset, Span<byte> buffer) => (int)Math.Min(RandomAccess.Read(_file, buffer, offset), Math.Max(0, Length - offset));

    public void Dispose() => _file.Dispose();

    private void Store(ReadOnlySpan<byte> bytes)
    {
        var fits = bytes[..(int)Math.Min(bytes.Length, _limit - _length)];
        Append(fits);
        if (fits.Length == bytes.Length)
            return;
        _isCut = true;
        Append(Encoding.UTF8.GetBytes(
            $"\n\e[33;1mJob's log exceeded limit of {_limit} bytes.\nJob execution will continue but no more output will be collected.\e[0;m\n"));
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        RandomAccess.Write(_file, bytes, _length);
        _checksum.Append(bytes);
        _length += bytes.Length;
    }
}

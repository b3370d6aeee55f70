namespace Berth.Server.Distribution;

/// <summary>The sizes of blob transfers.</summary>
internal static class OciTransfer
{
    /// <summary>64 KiB: larger buffers were no faster, and 32 pushes at once stay within a few MB.</summary>
    public const int BufferBytes = 64 * 1024;

    /// <summary>
    /// 128 KiB, for a body of which <see cref="LongBodyBytes"/> have come: written on one thread while another hashes them, and smaller
    /// pieces would cost more for changing threads than that gains.
    /// </summary>
    public const int LongBufferBytes = 128 * 1024;

    /// <summary>In bytes: most layers are smaller, and done before a second thread would help.</summary>
    public const long LongBodyBytes = 4 * 1024 * 1024;
}

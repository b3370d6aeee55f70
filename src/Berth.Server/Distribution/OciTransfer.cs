namespace Berth.Server.Distribution;

/// <summary>The sizes of blob transfers.</summary>
internal static class OciTransfer
{
    /// <summary>64 KiB: larger buffers were no faster, and 32 pushes at once stay within a few MB.</summary>
    public const int BufferBytes = 64 * 1024;
}

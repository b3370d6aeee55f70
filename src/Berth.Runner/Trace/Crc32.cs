namespace Berth.Runner.Trace;

/// <summary>The checksum of IEEE 802.3, kept up over a stream: what coordinators compare a log by.</summary>
internal struct Crc32
{
    private static readonly uint[] Table = [.. Enumerable.Range(0, 256).Select(Entry)];

    private uint _state;

    public readonly uint Value => _state;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        var state = ~_state;
        foreach (var b in bytes)
            state = Table[(byte)(state ^ b)] ^ state >> 8;
        _state = ~state;
    }

    private static uint Entry(int index)
    {
        var value = (uint)index;
        for (var bit = 0; bit < 8; bit++)
            value = (value & 1) != 0 ? 0xEDB88320u ^ value >> 1 : value >> 1;
        return value;
    }
}

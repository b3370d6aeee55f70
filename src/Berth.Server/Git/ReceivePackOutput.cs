namespace Berth.Server.Git;

/// <summary>
/// What receive-pack prints: progress goes to the client at once, the report is held back, so that the client hears of success only
/// when the moves are on disk and confirmed in the database.
/// </summary>
internal sealed class ReceivePackOutput(bool sideBand)
{
    private const byte ReportBand = 1;
    private const byte ProgressBand = 2;

    private readonly MemoryStream _held = new();
    private readonly MemoryStream _report = new();
    private readonly byte[] _packet = new byte[PktLine.MaxLength];

    /// <summary>The last bytes, to be sent at the very end.</summary>
    public ReadOnlyMemory<byte> Held => _held.GetBuffer().AsMemory(0, (int)_held.Length);

    public ReceivePackReport? Report => ReceivePackReport.Parse((sideBand ? _report : _held).GetBuffer().AsSpan(0, (int)(sideBand ? _report : _held).Length));

    /// <summary>Reads git's output to its end.</summary>
    /// <param name="output">Of git.</param>
    /// <param name="progress">Takes what the client may have at once.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async Task Read(Stream output, Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> progress, CancellationToken cancellationToken)
    {
        while (true)
        {
            var got = await output.ReadAtLeastAsync(_packet.AsMemory(0, PktLine.LengthBytes), PktLine.LengthBytes, throwOnEndOfStream: false, cancellationToken);
            var length = got == PktLine.LengthBytes ? Math.Max(PktLine.ParseLength(_packet), PktLine.LengthBytes) : got;
            if (got < PktLine.LengthBytes)
            {
                Hold(_packet.AsSpan(0, got));
                return;
            }
            got += await output.ReadAtLeastAsync(_packet.AsMemory(got, length - got), length - got, throwOnEndOfStream: false, cancellationToken);
            if (sideBand && got > PktLine.LengthBytes && _packet[PktLine.LengthBytes] == ProgressBand)
            {
                await progress(_packet.AsMemory(0, got), cancellationToken);
                continue;
            }
            if (sideBand && got > PktLine.LengthBytes && _packet[PktLine.LengthBytes] == ReportBand)
                _report.Write(_packet.AsSpan((PktLine.LengthBytes + 1)..got));
            Hold(_packet.AsSpan(0, got));
        }
    }

    private void Hold(ReadOnlySpan<byte> bytes)
    {
        if (_held.Length + bytes.Length > GitLimits.MaxReportBytes)
            throw new InvalidOperationException($"git's report is over {GitLimits.MaxReportBytes} bytes.");
        _held.Write(bytes);
    }
}

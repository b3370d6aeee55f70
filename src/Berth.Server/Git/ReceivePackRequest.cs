using System.Text;

namespace Berth.Server.Git;

/// <summary>
/// What stands in front of a push's pack (gitprotocol-pack, "Reference Update Request"): its commands, capabilities and push
/// options. The pack itself is not read.
/// </summary>
internal sealed class ReceivePackRequest
{
    private readonly List<RefCommand> _commands = [];
    private byte[] _buffer = new byte[GitLimits.BufferBytes];
    private int _filled;
    private int _parsed;

    private ReceivePackRequest()
    {
    }

    public IReadOnlyList<RefCommand> Commands => _commands;

    /// <summary>Separated by spaces, as the client sent them; empty without commands.</summary>
    public string Capabilities { get; private set; } = "";

    /// <summary>One a line.</summary>
    public string PushOptions { get; private set; } = "";

    /// <summary>All bytes that were read so far: what git has to get before the rest of the body.</summary>
    public ReadOnlyMemory<byte> Head => _buffer.AsMemory(0, _filled);

    public bool Has(string capability) => Capabilities.Split(' ').Contains(capability);

    /// <summary>Reads as far as the pack.</summary>
    /// <exception cref="InvalidDataException">The body is no push, or its head is over the limit.</exception>
    public static async Task<ReceivePackRequest> Read(Stream body, Action moved, CancellationToken cancellationToken)
    {
        var request = new ReceivePackRequest();
        while (await request.NextPacket(body, moved, cancellationToken) is { } packet)
            request.AddCommand(packet.Span);
        if (request.Commands.Count > 0 && request.Has("push-options"))
        {
            var options = new StringBuilder();
            while (await request.NextPacket(body, moved, cancellationToken) is { } packet)
                options.Append(options.Length > 0 ? "\n" : "").Append(Text(packet.Span));
            if (options.Length > GitLimits.MaxPushOptionChars)
                throw new InvalidDataException($"the push options are over {GitLimits.MaxPushOptionChars} characters");
            request.PushOptions = options.ToString().Replace("\0", "", StringComparison.Ordinal);
        }
        return request;
    }

    private void AddCommand(ReadOnlySpan<byte> packet)
    {
        var end = packet.IndexOf((byte)0);
        if (end >= 0 && Commands.Count == 0)
            Capabilities = Text(packet[(end + 1)..]);
        var line = Text(end < 0 ? packet : packet[..end]);
        // 'shallow ID': the client's history ends there; nothing moves by it.
        if (line.StartsWith("shallow ", StringComparison.Ordinal))
            return;
        var parts = line.Split(' ', 3);
        if (parts.Length != 3 || !GitRepository.IsObjectId(parts[0]) || !GitRepository.IsObjectId(parts[1]) || parts[2].Length == 0)
            throw new InvalidDataException("a command of the push is not 'OLD NEW REF'");
        _commands.Add(new RefCommand(parts[2], parts[0], parts[1]));
    }

    /// <summary>The payload of the next packet, valid until the next call; null at a flush packet.</summary>
    private async Task<ReadOnlyMemory<byte>?> NextPacket(Stream body, Action moved, CancellationToken cancellationToken)
    {
        await Fill(body, PktLine.LengthBytes, moved, cancellationToken);
        var length = PktLine.ParseLength(_buffer.AsSpan(_parsed));
        if (length < 0)
            throw new InvalidDataException("the body of the push is not in git's packets");
        if (length == 0)
        {
            _parsed += PktLine.LengthBytes;
            return null;
        }
        await Fill(body, length, moved, cancellationToken);
        var payload = _buffer.AsMemory(_parsed + PktLine.LengthBytes, length - PktLine.LengthBytes);
        _parsed += length;
        return payload;
    }

    /// <summary>Reads until <paramref name="needed"/> bytes lie before the parser.</summary>
    private async Task Fill(Stream body, int needed, Action moved, CancellationToken cancellationToken)
    {
        while (_filled - _parsed < needed)
        {
            if (_filled == _buffer.Length)
            {
                if (_buffer.Length >= GitLimits.MaxPushHeadBytes)
                    throw new InvalidDataException($"the commands of the push are over {GitLimits.MaxPushHeadBytes / (1024 * 1024)} MiB: push fewer refs at once");
                Array.Resize(ref _buffer, _buffer.Length * 2);
            }
            var read = await body.ReadAsync(_buffer.AsMemory(_filled), cancellationToken);
            if (read == 0)
                throw new InvalidDataException("the push ends before its pack");
            _filled += read;
            moved();
        }
    }

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes).TrimEnd('\n');
}

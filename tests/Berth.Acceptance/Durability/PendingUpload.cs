using Berth.Acceptance.Harness;

namespace Berth.Acceptance.Durability;

/// <summary>A blob on its way, with what the client knows of it when the connection is cut.</summary>
internal sealed class PendingUpload(byte[] content, PushWay way)
{
    public byte[] Content { get; } = content;

    public PushWay Way { get; } = way;

    public string Digest { get; } = OciClient.DigestOf(content);

    /// <summary>Null until the server has answered the POST.</summary>
    public string? Location { get; set; }

    /// <summary>How many bytes the server has acknowledged.</summary>
    public int Acknowledged { get; set; }

    /// <summary>Whether the PUT that ends it was sent: the server may have finished it without the client knowing.</summary>
    public bool FinishSent { get; set; }
}

/// <summary>The ways of the specification to push a blob.</summary>
internal enum PushWay
{
    /// <summary>One POST with digest and body.</summary>
    SinglePost,

    /// <summary>POST, then a PUT with the body.</summary>
    Monolithic,

    /// <summary>POST, one PATCH of unstated length, an empty PUT: as docker does.</summary>
    Streamed,

    /// <summary>POST, PATCHes with Content-Range, and the last part in the PUT.</summary>
    Chunked,
}

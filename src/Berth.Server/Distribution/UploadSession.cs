namespace Berth.Server.Distribution;

/// <summary>An upload as its row has it.</summary>
/// <param name="Id">What its URL ends with.</param>
/// <param name="State">1 open, 2 finished.</param>
/// <param name="Received">Bytes acknowledged.</param>
/// <param name="HashState">Of sha256 over them; null at the start, or where the state cannot be kept.</param>
/// <param name="Digest">What a finished one became.</param>
/// <param name="Version">Raised at each change.</param>
internal sealed record UploadSession(string Id, long State, long Received, byte[]? HashState, byte[]? Digest, long Version)
{
    public bool IsFinished => State == 2;

    /// <summary>Whether it is among <see cref="HeldUploads"/>, and has no row.</summary>
    public bool IsHeld { get; init; }

    public static UploadSession New(string id) => new(id, State: 1, Received: 0, HashState: null, Digest: null, Version: 1);
}

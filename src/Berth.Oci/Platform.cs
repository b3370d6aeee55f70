namespace Berth.Oci;

/// <summary>
/// What an image needs to run (image-spec 1.1, image-index.md, "platform"). <see cref="Os"/> and
/// <see cref="Architecture"/> are empty where a document leaves them out, as some clients do.
/// </summary>
public sealed record Platform(string Os, string Architecture, string? Variant = null, string? OsVersion = null);

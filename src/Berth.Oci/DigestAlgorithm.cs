namespace Berth.Oci;

/// <summary>
/// The digest algorithms that Berth takes: the two that image-spec 1.1 (descriptor.md, "Registered algorithms") registers.
/// BLAKE3, which the draft after 1.1.1 registers as optional, is not among them.
/// The numbers are those of the first byte of a digest in the database.
/// </summary>
public enum DigestAlgorithm : byte
{
    Sha256 = 1,
    Sha512 = 2,
}

namespace Berth.Oci;

/// <summary>Every limit on what Berth takes as OCI content, with where its number comes from.</summary>
public static class OciLimits
{
    /// <summary>
    /// Characters of a repository name. distribution-spec 1.1 sets no limit but names 255 as that of many clients (for host
    /// and name together); distribution and GitLab's registry hold the name alone to 255.
    /// </summary>
    public const int MaxRepositoryNameLength = 255;

    /// <summary>Characters of a tag: distribution-spec 1.1, "Pulling manifests".</summary>
    public const int MaxTagLength = 128;

    /// <summary>
    /// Tags that one PUT of a manifest by digest sets. distribution-spec 1.1+dev ("Pushing Manifests") wants at least 10; as many of
    /// the longest fit into the 8 KiB that a request line may have.
    /// </summary>
    public const int MaxTagParameters = 50;

    /// <summary>
    /// Bytes of a manifest. distribution-spec 1.1 ("Pushing Manifests") wants at least 4 megabytes taken and a limit
    /// enforced with 413; twice that, because clients embed small blobs in <c>data</c> fields.
    /// </summary>
    public const int MaxManifestBytes = 8 * 1024 * 1024;

    /// <summary>
    /// Descriptors in one manifest, of all kinds together. Docker's engine takes 125 layers, and an index has a child or two
    /// per platform; each descriptor costs a row in the database.
    /// </summary>
    public const int MaxManifestDescriptors = 4096;

    /// <summary>Nested JSON objects and arrays in a manifest. The specs use 5; the rest is room for unknown fields.</summary>
    public const int MaxManifestDepth = 32;

    /// <summary>
    /// JSON tokens (values, field names, brackets) in a manifest. It bounds the memory of parsing, which is below 150 bytes
    /// per token; <see cref="MaxManifestBytes"/> of zeros would be four million. 4,096 descriptors with 20 annotations each
    /// stay below it.
    /// </summary>
    public const int MaxManifestTokens = 256 * 1024;

    /// <summary>Characters of a media type or artifact type: two names of 127 and the slash (RFC 6838, section 4.2).</summary>
    public const int MaxMediaTypeLength = 255;

    /// <summary>
    /// Bytes of an image config that is read for platform and time. Configs are some kilobytes, most of it history. A larger
    /// one is stored and served, not read.
    /// </summary>
    public const int MaxConfigBytes = 4 * 1024 * 1024;

    /// <summary>
    /// Characters of an operating system, architecture, variant or version taken from an image config. The values known to
    /// Go have at most 12; this one only keeps hostile configs out of the database.
    /// </summary>
    public const int MaxPlatformTextLength = 128;
}

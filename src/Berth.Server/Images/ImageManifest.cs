using Berth.Oci;

namespace Berth.Server.Images;

/// <summary>A manifest as the database has it. Sizes in bytes, times in microseconds.</summary>
internal sealed record ImageManifestRow(
    byte[] Digest, string MediaType, string? ArtifactType, byte[]? Subject, long Size, long TotalSize, string? Platform, long? ImageCreatedAt, long PublishedAt)
{
    public Digest Address { get; } = Oci.Digest.FromBytes(Digest);

    public bool IsIndex => MediaTypes.IsIndex(MediaType);
}

/// <summary>A manifest with its document and what its config says.</summary>
/// <param name="Row">What the database knows of it.</param>
/// <param name="Json">As it was received; null if it is damaged or gone.</param>
/// <param name="Document">Null with <paramref name="Json"/>.</param>
/// <param name="Config">What its config says, or why it says nothing.</param>
internal sealed record ImageManifest(ImageManifestRow Row, byte[]? Json, ManifestDocument? Document, ConfigContent Config);

/// <summary>An image's config, or why there is nothing to show of it.</summary>
internal abstract record ConfigContent
{
    private ConfigContent()
    {
    }

    internal sealed record Read(ImageConfigDetails Details) : ConfigContent;

    /// <summary>An index has none.</summary>
    internal sealed record None : ConfigContent;

    /// <summary>It is an artifact's, of a type that Berth gives no meaning to.</summary>
    internal sealed record Foreign(string MediaType) : ConfigContent;

    /// <summary>More than <see cref="OciLimits.MaxConfigBytes"/>.</summary>
    internal sealed record TooLarge(long Size) : ConfigContent;

    /// <summary>The repository does not have it, or the store not whole.</summary>
    internal sealed record Missing : ConfigContent;

    /// <summary>It is no JSON object, or a larger one than is read.</summary>
    internal sealed record Damaged : ConfigContent;
}

/// <summary>A child of an index: what the index says of it, and its row if the repository has it.</summary>
internal sealed record ImageChild(Descriptor Descriptor, ImageManifestRow? Row)
{
    /// <summary>BuildKit lists attestations (SBOM, provenance) beside the images that they are of (buildkit, attestation-storage.md).</summary>
    public Digest? AttestationOf => Descriptor.Annotations.GetValueOrDefault("vnd.docker.reference.type") == "attestation-manifest"
        && Digest.TryParse(Descriptor.Annotations.GetValueOrDefault("vnd.docker.reference.digest"), out var subject) ? subject : null;

    /// <summary>As os/architecture/variant; null where neither the index nor the image says.</summary>
    public string? Platform => Descriptor.Platform is { Os.Length: > 0, Architecture.Length: > 0 } platform
        ? $"{platform.Os}/{platform.Architecture}{(platform.Variant is { } variant ? "/" + variant : "")}{(platform.OsVersion is { } version ? $" ({version})" : "")}"
        : Row?.Platform;
}

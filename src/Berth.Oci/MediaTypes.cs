namespace Berth.Oci;

/// <summary>
/// The media types that Berth gives a meaning to; any other is stored and served as it is. Media types compare without
/// regard to case (RFC 6838, section 4.2).
/// </summary>
public static class MediaTypes
{
    public const string OciManifest = "application/vnd.oci.image.manifest.v1+json";
    public const string OciIndex = "application/vnd.oci.image.index.v1+json";
    public const string DockerManifest = "application/vnd.docker.distribution.manifest.v2+json";
    public const string DockerManifestList = "application/vnd.docker.distribution.manifest.list.v2+json";

    public const string OciImageConfig = "application/vnd.oci.image.config.v1+json";
    public const string DockerImageConfig = "application/vnd.docker.container.image.v1+json";

    /// <summary>The type of <c>{}</c>, which stands where a descriptor is required and there is nothing to describe.</summary>
    public const string Empty = "application/vnd.oci.empty.v1+json";

    public const string OciNonDistributableLayer = "application/vnd.oci.image.layer.nondistributable.v1.tar";
    public const string OciNonDistributableLayerGzip = OciNonDistributableLayer + "+gzip";
    public const string OciNonDistributableLayerZstd = OciNonDistributableLayer + "+zstd";
    public const string DockerForeignLayer = "application/vnd.docker.image.rootfs.foreign.diff.tar";
    public const string DockerForeignLayerGzip = DockerForeignLayer + ".gzip";

    private static readonly string[] Manifests = [OciManifest, OciIndex, DockerManifest, DockerManifestList];

    private static readonly string[] NonDistributableLayers =
    [
        OciNonDistributableLayer,
        OciNonDistributableLayerGzip,
        OciNonDistributableLayerZstd,
        DockerForeignLayer,
        DockerForeignLayerGzip,
    ];

    /// <summary>Whether the type is one of the four that <c>PUT /manifests/</c> takes.</summary>
    public static bool IsManifest(string mediaType) => Find(Manifests, mediaType) is not null;

    /// <summary>Whether the type is one of the two manifest types that hold other manifests.</summary>
    public static bool IsIndex(string mediaType) => Find(Manifests, mediaType) is OciIndex or DockerManifestList;

    /// <summary>Whether a layer of this type may be named by a manifest without having been pushed.</summary>
    public static bool IsNonDistributable(string mediaType) => Find(NonDistributableLayers, mediaType) is not null;

    /// <summary>
    /// The manifest type that a <c>Content-Type</c> or one element of <c>Accept</c> names, spelt as the constant here;
    /// parameters (<c>; charset=utf-8</c>) do not count. Null if it names no manifest type.
    /// </summary>
    public static string? ManifestOf(ReadOnlySpan<char> contentType)
    {
        var parameters = contentType.IndexOf(';');
        return Find(Manifests, (parameters < 0 ? contentType : contentType[..parameters]).Trim());
    }

    private static string? Find(string[] types, ReadOnlySpan<char> mediaType)
    {
        foreach (var type in types)
        {
            if (mediaType.Equals(type, StringComparison.OrdinalIgnoreCase))
                return type;
        }
        return null;
    }
}

using System.Collections.ObjectModel;

namespace Berth.Oci;

/// <summary>A reference to content by digest (image-spec 1.1, descriptor.md). <c>data</c> is not kept.</summary>
public sealed record Descriptor(string MediaType, Digest Digest, long Size)
{
    /// <summary>Null where absent or empty.</summary>
    public string? ArtifactType { get; init; }

    /// <summary>Where else the content may be had, unchecked. Nothing here is ever fetched by parsing.</summary>
    public IReadOnlyList<string> Urls { get; init; } = [];

    /// <summary>Whether a manifest may name this as a layer without its having been pushed.</summary>
    public bool IsExternal => Urls.Count > 0 || MediaTypes.IsNonDistributable(MediaType);

    public Platform? Platform { get; init; }

    public IReadOnlyDictionary<string, string> Annotations { get; init; } = ReadOnlyDictionary<string, string>.Empty;
}

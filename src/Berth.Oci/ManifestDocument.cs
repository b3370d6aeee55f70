using System.Collections.ObjectModel;

namespace Berth.Oci;

/// <summary>
/// What Berth reads in a manifest: an image manifest or an index, of OCI (image-spec 1.1, manifest.md and image-index.md)
/// or of Docker (schema 2). Fields it does not know are left alone; the bytes are what is stored and served.
/// </summary>
public sealed class ManifestDocument
{
    internal ManifestDocument()
    {
    }

    /// <summary>One of the four manifest types, spelt as in <see cref="MediaTypes"/>.</summary>
    public required string MediaType { get; init; }

    public bool IsIndex => MediaTypes.IsIndex(MediaType);

    /// <summary>The document's own field; null where absent or empty.</summary>
    public string? ArtifactType { get; init; }

    /// <summary>Set exactly if this is not an index.</summary>
    public Descriptor? Config { get; init; }

    /// <summary>Empty for an index, and for artifacts that have no layer.</summary>
    public IReadOnlyList<Descriptor> Layers { get; init; } = [];

    /// <summary>The children of an index.</summary>
    public IReadOnlyList<Descriptor> Manifests { get; init; } = [];

    public Descriptor? Subject { get; init; }

    public IReadOnlyDictionary<string, string> Annotations { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>
    /// The <c>artifactType</c> that lists of referrers show and filter by: the document's own; for an image manifest without
    /// one "the value of artifactType MUST be set to the config descriptor mediaType value", the empty type included; for an
    /// index without one none (distribution-spec 1.1, "Listing Referrers").
    /// </summary>
    public string? EffectiveArtifactType => ArtifactType ?? Config?.MediaType;

    /// <summary>
    /// All descriptors in the order config, layers, children, subject; the same digest may come more than once. At most
    /// <see cref="OciLimits.MaxManifestDescriptors"/>.
    /// </summary>
    public IEnumerable<(Descriptor Descriptor, ReferenceKind Kind)> References
    {
        get
        {
            if (Config is not null)
                yield return (Config, ReferenceKind.Config);
            foreach (var layer in Layers)
                yield return (layer, layer.IsExternal ? ReferenceKind.ExternalLayer : ReferenceKind.Layer);
            foreach (var child in Manifests)
                yield return (child, ReferenceKind.Child);
            if (Subject is not null)
                yield return (Subject, ReferenceKind.Subject);
        }
    }

    /// <summary>
    /// Reads a manifest. The caller holds its bytes to <see cref="OciLimits.MaxManifestBytes"/>; the other limits are held
    /// here, in time linear in the length.
    /// </summary>
    /// <param name="json">The bytes as received.</param>
    /// <param name="contentType">The request's <c>Content-Type</c>, if any; without one the body's <c>mediaType</c> decides.</param>
    /// <exception cref="ManifestInvalidException">For every input that is no such manifest; nothing else is thrown.</exception>
    public static ManifestDocument Parse(ReadOnlySpan<byte> json, string? contentType) =>
        new ManifestReader().Read(ManifestJson.Read(json), contentType);
}

namespace Berth.Oci;

/// <summary>How a manifest refers to content. The numbers are those of the database.</summary>
public enum ReferenceKind : byte
{
    Config = 1,

    /// <summary>A layer that has to be there; see <see cref="ExternalLayer"/>.</summary>
    Layer = 2,

    /// <summary>A manifest listed by an index.</summary>
    Child = 3,

    /// <summary>The manifest that this one is attached to; it need not exist.</summary>
    Subject = 4,

    /// <summary>
    /// A layer that need not be pushed: its type may not be distributed, or its descriptor says where else it is to be had. Also
    /// a config or layer that was missing when a repository that allows this took its manifest.
    /// </summary>
    ExternalLayer = 5,

    /// <summary>A manifest listed by an index, that was missing when a repository that allows this took the index.</summary>
    ExternalChild = 6,
}

namespace Berth.Oci;

/// <summary>How a manifest refers to content. The numbers are those of the database.</summary>
public enum ReferenceKind : byte
{
    Config = 1,
    Layer = 2,

    /// <summary>A manifest listed by an index.</summary>
    Child = 3,

    /// <summary>The manifest that this one is attached to; it need not exist.</summary>
    Subject = 4,
}

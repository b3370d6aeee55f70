namespace Berth.Oci;

/// <summary>What a <c>Range</c> header asks of a blob.</summary>
public enum RangeOutcome
{
    /// <summary>200 with the whole blob: there is no header, or it is one that RFC 9110 lets a server ignore.</summary>
    Whole,

    /// <summary>206 with the part.</summary>
    Part,

    /// <summary>416.</summary>
    NotSatisfiable,
}

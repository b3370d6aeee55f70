namespace Berth.Server.Git;

/// <summary>A move of a ref that a push asks for: object ids in hex, all zeros where the ref is not there.</summary>
internal readonly record struct RefCommand(string Ref, string Old, string New)
{
    public bool IsDelete => IsZero(New);

    public static bool IsZero(string objectId) => !objectId.AsSpan().ContainsAnyExcept('0');
}

using Berth.Oci;

namespace Berth.Server.Distribution;

/// <summary>What became of a manifest that a client put.</summary>
internal abstract record PutManifestOutcome
{
    private PutManifestOutcome()
    {
    }

    internal sealed record Stored(Digest Digest) : PutManifestOutcome;

    internal sealed record Invalid(string Message) : PutManifestOutcome;

    internal sealed record WrongDigest(Digest Wanted, Digest Actual) : PutManifestOutcome;

    internal sealed record MissingReferences(IReadOnlyList<Digest> Digests) : PutManifestOutcome;
}

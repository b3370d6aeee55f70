using Berth.Oci;

namespace Berth.Server.Distribution;

/// <summary>What became of a manifest that a client put.</summary>
internal abstract record PutManifestOutcome
{
    private PutManifestOutcome()
    {
    }

    /// <param name="Digest">Of the manifest.</param>
    /// <param name="Subject">What it is attached to, if anything.</param>
    internal sealed record Stored(Digest Digest, Digest? Subject) : PutManifestOutcome;

    internal sealed record Invalid(string Message) : PutManifestOutcome;

    internal sealed record WrongDigest(Digest Wanted, Digest Actual) : PutManifestOutcome;

    /// <summary>The reference stands for something else than the client expects.</summary>
    internal sealed record ConditionFailed : PutManifestOutcome;

    /// <summary>The repository was deleted since the request came in: pushing again makes another.</summary>
    internal sealed record RepositoryGone : PutManifestOutcome;

    internal sealed record MissingReferences(IReadOnlyList<Digest> Digests) : PutManifestOutcome;
}

using Berth.Oci;
using Berth.Server.Access;
using Berth.Server.Database;

namespace Berth.Server.Distribution;

/// <summary>What happened to a tag. The numbers are those of the database.</summary>
internal enum TagAction : long
{
    Created = 1,

    /// <summary>From one manifest to another.</summary>
    Moved = 2,

    Deleted = 3,

    /// <summary>Its manifest was deleted, and the tag with it.</summary>
    ManifestDeleted = 4,

    /// <summary>Given back what it stood for once.</summary>
    Restored = 5,
}

/// <summary>One change of a tag, to be written down by <see cref="TagEvents.Record"/>.</summary>
/// <param name="RepositoryId">The tag's repository.</param>
/// <param name="Tag">Its name.</param>
/// <param name="Action">What happened.</param>
/// <param name="Digest">What it stands for then; null for nothing.</param>
/// <param name="Previous">What it stood for before; null for nothing.</param>
/// <param name="By">Who did it.</param>
/// <param name="At">When, in microseconds.</param>
internal sealed record TagEvent(long RepositoryId, Tag Tag, TagAction Action, byte[]? Digest, byte[]? Previous, Caller By, long At)
{
    /// <summary>Microseconds: until when what the tag stood for before can be restored.</summary>
    public long KeepUntil { get; init; }
}

/// <summary>The record of what each tag stood for: written in the transaction that changes the tag, before the change.</summary>
internal static class TagEvents
{
    public static void Record(WriteTransaction transaction, TagEvent happened) => transaction.Execute(DistributionQueries.InsertTagEvent, new
    {
        repository = happened.RepositoryId,
        tag = happened.Tag.ToString(),
        action = (long)happened.Action,
        digest = happened.Digest,
        previous = happened.Previous,
        user = happened.By.UserId,
        credential = happened.By.Credential,
        job = happened.By.JobId,
        now = happened.At,
        keep = happened.Previous is null ? (long?)null : happened.KeepUntil,
    });
}

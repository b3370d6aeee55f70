using Berth.Pipelines;

namespace Berth.Server.Lifecycle;

/// <summary>How far a deletion of many tags has come. The numbers are those of the database.</summary>
internal enum TagDeletionState : long
{
    UnderWay = 1,
    Done = 2,

    /// <summary>What was deleted by then stays so.</summary>
    Failed = 3,
}

/// <summary>The last deletion of many tags of a repository by a rule. Times in microseconds.</summary>
/// <param name="RepositoryId">The repository.</param>
/// <param name="RequestedAt">Also the time of all its events, by which they are found again together.</param>
/// <param name="KeepUntil">Until when what it takes can be restored.</param>
/// <param name="UserId">Who wanted it.</param>
/// <param name="Credential">By which credential.</param>
/// <param name="JobId">In which job.</param>
/// <param name="DeletePattern">See <see cref="TagDeletionRule"/>.</param>
/// <param name="KeepPattern">See <see cref="TagDeletionRule"/>.</param>
/// <param name="KeepNewest">See <see cref="TagDeletionRule"/>.</param>
/// <param name="PublishedBefore">What is younger stays; null if every age goes.</param>
/// <param name="State">A <see cref="TagDeletionState"/>.</param>
/// <param name="CursorPublished">Down to this, and <paramref name="CursorTag"/>, the tags have been looked at.</param>
/// <param name="CursorTag">See <paramref name="CursorPublished"/>.</param>
/// <param name="Examined">Tags looked at.</param>
/// <param name="Kept">Of <paramref name="KeepNewest"/>, how many were found.</param>
/// <param name="Deleted">Tags deleted.</param>
/// <param name="Error">Why it failed.</param>
/// <param name="FinishedAt">When it was done, or failed.</param>
internal sealed record TagDeletion(
    long RepositoryId, long RequestedAt, long KeepUntil, long? UserId, string Credential, long? JobId, string DeletePattern, string? KeepPattern, long KeepNewest, long? PublishedBefore,
    long State, long CursorPublished, string CursorTag, long Examined, long Kept, long Deleted, string? Error, long? FinishedAt)
{
    /// <summary>The rule from where it stands on.</summary>
    public TagSelection Selection()
    {
        NamePattern? keep = null;
        if (!NamePattern.TryParse(DeletePattern, groups: true, out var delete) || (KeepPattern is not null && !NamePattern.TryParse(KeepPattern, groups: false, out keep)))
            throw new InvalidOperationException("A pattern that was taken is none any more.");
        return new TagSelection(delete, keep, KeepNewest, PublishedBefore, Kept);
    }
}

using System.Globalization;
using Berth.Server.Access;
using Berth.Server.Database;

namespace Berth.Server.Lifecycle;

/// <summary>
/// Deletes the tags of a repository that a rule takes: GitLab's bulk delete, over all tags at once and not page by page. It goes through
/// them from the newest on, as they were when it was wanted; what is pushed since, or was pushed anew, stays. Each step is one small
/// transaction that moves the cursor with the tags it takes, so that a process that dies loses nothing and takes nothing twice.
/// </summary>
internal sealed class TagDeletions(MetadataDatabase database, TimeProvider time, ILogger<TagDeletions> log) : TaskRunner("delete_tags", database, time)
{
    /// <summary>Tags in a step: some 10 ms in which nothing else is written to SQLite.</summary>
    private const int Batch = 200;

    /// <summary>GitLab's: once an hour for each repository.</summary>
    private const long Interval = Clock.Hour;

    /// <summary>Begins a deletion.</summary>
    public async Task<TagDeletionRequest> Begin(ImagesAccess access, long repository, TagDeletionRule rule)
    {
        access.Demand(AccessLevel.Maintainer);
        var now = Time.Micros();
        var outcome = await Database.Write(transaction =>
        {
            if (transaction.QueryForUpdate<long>(TagTrashQueries.LockImages, new { repository, project = access.Project.Id }) == 0)
                return TagDeletionRequest.NotFound;
            if (transaction.Execute(TagDeletionQueries.Begin, Parameters(access, repository, rule, now)) == 0)
                return TagDeletionRequest.TooSoon;
            Enqueue(transaction, repository.ToString(CultureInfo.InvariantCulture), now);
            return TagDeletionRequest.Begun;
        });
        if (outcome == TagDeletionRequest.Begun)
            Wake();
        return outcome;
    }

    private static object Parameters(ImagesAccess access, long repository, TagDeletionRule rule, long now) => new
    {
        repository,
        now,
        since = now - Interval,
        keep = now + access.Project.TrashDays * Clock.Day,
        user = access.Caller.UserId,
        credential = access.Caller.Credential,
        job = access.Caller.JobId,
        deletePattern = rule.DeletePattern,
        keepPattern = rule.KeepPattern,
        keepNewest = rule.KeepNewest,
        publishedBefore = rule.OlderThan > TimeSpan.Zero ? now - rule.OlderThan.Ticks / TimeSpan.TicksPerMicrosecond : (long?)null,
    };

    /// <summary>The last deletion of a repository that is there; null if there was none.</summary>
    public async Task<TagDeletion?> Find(ImagesAccess access, long repository, CancellationToken cancellationToken)
    {
        await using var connection = await Database.OpenRead(cancellationToken);
        return await connection.QueryFirstOrDefault<long?>(TagTrashQueries.LockImages, new { repository, project = access.Project.Id }, cancellationToken) is null
            ? null
            : await connection.QueryFirstOrDefault<TagDeletion>(TagDeletionQueries.Find, new { repository }, cancellationToken);
    }

    protected override async Task Run(TaskLease lease, CancellationToken cancellationToken)
    {
        var repository = long.Parse(lease.Payload, CultureInfo.InvariantCulture);
        while (await Step(lease, repository, cancellationToken))
            cancellationToken.ThrowIfCancellationRequested();
    }

    protected override void Failed(TaskLease lease, Exception failure) => log.TagsNotDeleted(lease.Payload, failure);

    protected override void GiveUp(WriteTransaction transaction, TaskLease lease, Exception failure) =>
        End(transaction, long.Parse(lease.Payload, CultureInfo.InvariantCulture), TagDeletionState.Failed, failure.Message, Time.Micros());

    /// <summary>Looks at some tags and takes those of the rule; false once there is nothing more to do.</summary>
    private async Task<bool> Step(TaskLease lease, long repository, CancellationToken cancellationToken)
    {
        TagDeletion? deletion;
        List<TagState> tags = [];
        await using (var connection = await Database.OpenRead(cancellationToken))
        {
            deletion = await connection.QueryFirstOrDefault<TagDeletion>(TagDeletionQueries.Find, new { repository }, cancellationToken);
            if (deletion is not { State: (long)TagDeletionState.UnderWay })
                return false;
            tags = await connection.Query<TagState>(
                TagDeletionQueries.NextTags, new { repository, published = deletion.CursorPublished, tag = deletion.CursorTag, limit = Batch }, cancellationToken);
        }
        var selection = deletion.Selection();
        var taken = tags.Where(tag => selection.Takes(tag.Name, tag.PublishedAt)).ToHashSet();
        return await Database.Write(transaction => Take(transaction, lease, deletion, (tags, taken, selection.Kept)));
    }

    private bool Take(WriteTransaction transaction, TaskLease lease, TagDeletion deletion, (List<TagState> Seen, HashSet<TagState> Taken, long Kept) step)
    {
        var now = Time.Micros();
        var repository = deletion.RepositoryId;
        if (!lease.Renew(transaction, now))
            return false;
        if (transaction.QueryForUpdate<long>(TagDeletionQueries.LockLive, new { repository }) == 0)
        {
            End(transaction, repository, TagDeletionState.Failed, "the repository was deleted", now);
            return false;
        }
        var deleted = Delete(transaction, deletion, step.Taken);
        if (step.Seen.Count > 0)
        {
            var last = step.Seen[^1];
            transaction.Execute(TagDeletionQueries.Advance, new { repository, published = last.PublishedAt, tag = last.Name, examined = step.Seen.Count, kept = step.Kept, deleted });
        }
        if (step.Seen.Count == Batch)
            return true;
        End(transaction, repository, TagDeletionState.Done, null, now);
        return false;
    }

    /// <summary>Not those that were pushed anew since they were looked at.</summary>
    private static int Delete(WriteTransaction transaction, TagDeletion deletion, HashSet<TagState> taken)
    {
        if (taken.Count == 0)
            return 0;
        var repository = deletion.RepositoryId;
        var names = transaction.Query<TagState>(TagDeletionQueries.TagsNow, new { repository, names = taken.Select(tag => tag.Name).ToArray() })
            .Where(taken.Contains).Select(tag => tag.Name).ToArray();
        return names.Length == 0 ? 0 : TagTrash.Delete(transaction, repository, new
        {
            repository,
            names,
            user = deletion.UserId,
            credential = deletion.Credential,
            job = deletion.JobId,
            at = deletion.RequestedAt,
            keep = deletion.KeepUntil,
        });
    }

    private static void End(WriteTransaction transaction, long repository, TagDeletionState state, string? error, long now) =>
        transaction.Execute(TagDeletionQueries.End, new { repository, state = (long)state, error, now });

    private sealed record TagState(string Name, long Version, long PublishedAt);
}

internal enum TagDeletionRequest
{
    Begun,
    NotFound,

    /// <summary>The last one was within the hour, or is under way.</summary>
    TooSoon,
}

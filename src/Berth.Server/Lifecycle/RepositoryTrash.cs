using Berth.Oci;
using Berth.Server.Access;
using Berth.Server.Access.Audit;
using Berth.Server.Access.Registry;
using Berth.Server.Database;
using Berth.Server.Distribution;

namespace Berth.Server.Lifecycle;

/// <summary>
/// Takes whole repositories away and gives them back. A deleted one is gone with the commit, whatever it holds: nothing in it is touched.
/// It has given up its name, so a push to that makes another, in which nothing of it is.
/// </summary>
internal sealed class RepositoryTrash(MetadataDatabase database, ImageTargets targets, HeldUploads uploads, TimeProvider time)
{
    /// <summary>As in pushes: at most two names behind the project's path.</summary>
    private const int MaxLevels = 2;

    /// <summary>False if there is no such repository.</summary>
    public async Task<bool> Delete(ImagesAccess access, long repository)
    {
        access.Demand(AccessLevel.Maintainer);
        var now = time.Micros();
        var project = access.Project;
        var done = await database.Write(transaction =>
            transaction.QueryForUpdate<long>(RepositoryTrashQueries.LockProject, new { project = project.Id }) != 0 && Delete(transaction, access, repository, now));
        targets.Forget();
        return done;
    }

    /// <summary>Restores a repository, under another name if one is given.</summary>
    public async Task<RepositoryRestore> Restore(ImagesAccess access, long repository, string? otherName)
    {
        access.Demand(AccessLevel.Maintainer);
        var now = time.Micros();
        if (otherName is not null && !IsName(access, otherName))
            return new RepositoryRestore.BadName();
        var outcome = await database.Write(transaction =>
            transaction.QueryForUpdate<long>(RepositoryTrashQueries.LockProject, new { project = access.Project.Id }) != 0
                ? Restore(transaction, access, repository, otherName, now)
                : new RepositoryRestore.NotFound());
        targets.Forget();
        return outcome;
    }

    /// <summary>The deleted repositories of a project that can be restored, from the newest number on; <paramref name="before"/> not itself.</summary>
    public async Task<List<DeletedRepository>> List(ImagesAccess access, long before, int limit, CancellationToken cancellationToken)
    {
        access.Demand(AccessLevel.Developer);
        await using var connection = await database.OpenRead(cancellationToken);
        return await connection.Query<DeletedRepository>(RepositoryTrashQueries.List, new { project = access.Project.Id, before, now = time.Micros(), limit }, cancellationToken);
    }

    /// <summary>A deleted repository of a project by its number; null if none is kept.</summary>
    public async Task<DeletedRepository?> Find(ImagesAccess access, long repository, CancellationToken cancellationToken)
    {
        access.Demand(AccessLevel.Developer);
        await using var connection = await database.OpenRead(cancellationToken);
        return await connection.QueryFirstOrDefault<DeletedRepository>(RepositoryTrashQueries.Find, new { project = access.Project.Id, repository, now = time.Micros() }, cancellationToken);
    }

    private static bool Delete(WriteTransaction transaction, ImagesAccess access, long repository, long now)
    {
        var project = access.Project;
        var row = new { repository, project = project.Id, user = access.Caller.UserId, now, keep = now + project.TrashDays * Clock.Day };
        if (transaction.QueryFirstOrDefault<string>(RepositoryTrashQueries.MarkDeleted, row) is not { } name)
            return false;
        transaction.Execute(AccessQueries.BumpRights);
        AuditEvents.Record(transaction, new(now, access.Caller, "repository.delete", AuditEntity.Project(project)) { Target = new("repository", repository, name) });
        return true;
    }

    private RepositoryRestore Restore(WriteTransaction transaction, ImagesAccess access, long repository, string? otherName, long now)
    {
        var project = access.Project;
        if (transaction.QueryFirstOrDefault<DeletedRow>(RepositoryTrashQueries.Deleted, new { repository, project = project.Id, now }) is not { } deleted)
            return new RepositoryRestore.NotFound();
        var name = otherName ?? deleted.Name;
        if (transaction.QueryFirstOrDefault<long?>(RepositoryTrashQueries.ByName, new { project = project.Id, name }) is { } there)
        {
            // A push that came to nothing leaves an empty one: that gives way, and is deleted in its turn.
            if (uploads.AnyInto(there) || transaction.QueryFirstOrDefault<long?>(RepositoryTrashQueries.IsUsed, new { repository = there, now }) is not null)
                return new RepositoryRestore.NameTaken(there, name);
            Delete(transaction, access, there, now);
        }
        transaction.Execute(RepositoryTrashQueries.Restore, new { repository, name, suffix = name.Length == 0 ? "" : "/" + name });
        transaction.Execute(AccessQueries.BumpRights);
        AuditEvents.Record(transaction, new(now, access.Caller, "repository.restore", AuditEntity.Project(project)) { Target = new("repository", repository, name) });
        return new RepositoryRestore.Restored(name);
    }

    private static bool IsName(ImagesAccess access, string name) =>
        name.Length == 0 || (name.Count(c => c == '/') < MaxLevels && RepositoryName.TryParse($"{access.Project.FullPath.ToLowerInvariant()}/{name}", out _));

    private sealed record DeletedRow(long Id, string Name);
}

/// <summary>A repository that can be restored until <c>KeepUntil</c>. Times in microseconds.</summary>
internal sealed record DeletedRepository(long Id, string Name, long DeletedAt, long KeepUntil, long? UserId, string? Username);

/// <summary>What became of a repository that was to be restored.</summary>
internal abstract record RepositoryRestore
{
    private RepositoryRestore()
    {
    }

    internal sealed record Restored(string Name) : RepositoryRestore;

    /// <summary>There is no such deleted repository, or it is kept no more.</summary>
    internal sealed record NotFound : RepositoryRestore;

    internal sealed record BadName : RepositoryRestore;

    /// <summary>Another repository has the name, and something in it.</summary>
    internal sealed record NameTaken(long RepositoryId, string Name) : RepositoryRestore;
}

using Berth.Server.Access.Audit;
using Berth.Server.Access.Places;
using Berth.Server.Access.Registry;
using Berth.Server.Database;

namespace Berth.Server.Access.Tokens;

/// <summary>
/// Which projects' jobs may reach a project with their tokens: its own always; others that its list names, or all where the list is
/// switched off. What they may there is further bounded by the role of the user who started the job, and to reading.
/// </summary>
internal sealed class JobTokenScopes(MetadataDatabase database, ImageTargets targets, TimeProvider time)
{
    /// <summary>GitLab's: groups and projects together.</summary>
    public const int MaxAllowed = 200;

    public async Task<bool> IsLimited(ProjectAccess access, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenRead(cancellationToken);
        return await connection.QueryFirstOrDefault<long>(JobTokenQueries.IsLimited, new { project = access.Project.Id }, cancellationToken) != 0;
    }

    public async Task SetLimited(ProjectAccess access, bool limited)
    {
        var now = time.Micros();
        await database.Write(transaction =>
        {
            transaction.Execute(JobTokenQueries.SetLimited, new { project = access.Project.Id, limited = limited ? 1L : 0L });
            transaction.Execute(AccessQueries.BumpRights);
            AuditEvents.Record(transaction, new(now, access.Caller, "job_token_scope.change", AuditEntity.Project(access.Project)) { Details = new { limited } });
        });
        targets.Forget();
    }

    public async Task<List<AllowedProjectRow>> Allowed(ProjectAccess access, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenRead(cancellationToken);
        return await connection.Query<AllowedProjectRow>(JobTokenQueries.Allowed, new { project = access.Project.Id }, cancellationToken);
    }

    /// <summary>False if the list is full.</summary>
    public Task<bool> Allow(ProjectAccess access, ProjectRow allowed)
    {
        var now = time.Micros();
        return database.Write(transaction =>
        {
            transaction.QueryForUpdate<long>(ProjectQueries.LockProject, new { id = access.Project.Id });
            if (transaction.QuerySingle<long>(JobTokenQueries.CountAllowed, new { project = access.Project.Id }) >= MaxAllowed)
                return false;
            if (transaction.Execute(JobTokenQueries.Allow, new { project = access.Project.Id, allowed = allowed.Id, by = access.Caller.UserId, now }) == 1)
                Changed(transaction, access, "job_token_scope.allow", new("project", allowed.Id, allowed.FullPath), now);
            return true;
        });
    }

    /// <summary>False if the project was not on the list.</summary>
    public Task<bool> Disallow(ProjectAccess access, long allowedId)
    {
        var now = time.Micros();
        return database.Write(transaction =>
        {
            if (transaction.Execute(JobTokenQueries.Disallow, new { project = access.Project.Id, allowed = allowedId }) == 0)
                return false;
            var path = transaction.QueryFirstOrDefault<string>(ProjectQueries.PathOfProject, new { id = allowedId }) ?? "";
            Changed(transaction, access, "job_token_scope.disallow", new("project", allowedId, path), now);
            return true;
        });
    }

    private static void Changed(WriteTransaction transaction, ProjectAccess access, string action, AuditTarget other, long now) =>
        AuditEvents.Record(transaction, new(now, access.Caller, action, AuditEntity.Project(access.Project)) { Target = other });
}

/// <summary>A project whose jobs may in, as the list shows it.</summary>
internal sealed record AllowedProjectRow(long Id, string Name, string Path, string FullPath, long CreatedAt, long? AllowedBy);

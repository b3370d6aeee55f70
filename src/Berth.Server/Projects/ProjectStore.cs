using Berth.Server.Access;
using Berth.Server.Database;

namespace Berth.Server.Projects;

/// <summary>Projects as the REST API sees them: what the caller may not see does not exist.</summary>
internal sealed class ProjectStore(MetadataDatabase database, ImageTargets targets, TimeProvider time)
{
    /// <summary>A project by number or full path.</summary>
    public async Task<ProjectRow?> Find(ApiAccess access, string idOrPath, CancellationToken cancellationToken)
    {
        // No path holds a NUL, and PostgreSQL takes none to look for.
        if (idOrPath.Contains('\0', StringComparison.Ordinal))
            return null;
        await using var connection = await database.OpenRead(cancellationToken);
        var id = long.TryParse(idOrPath, out var number)
            ? number
            : await connection.QueryFirstOrDefault<long?>(ProjectQueries.ProjectIdByPath, new { path = idOrPath.ToLowerInvariant() }, cancellationToken);
        var row = await connection.QueryFirstOrDefault<ProjectRow>(ProjectQueries.ProjectById, new { id }, cancellationToken);
        return row is not null && Decision.ToSee(access.Caller, row.Facts, ImageTargets.RoleIn(row.Facts, access.Caller)).Allowed ? row : null;
    }

    /// <summary>Makes a project in the caller's own namespace, or in one that an administrator names; null if the path is taken.</summary>
    public async Task<ProjectRow?> Create(ApiAccess access, long? namespaceId, string path, string name, Visibility visibility)
    {
        var now = time.Micros();
        var row = await database.Write(transaction =>
        {
            var home = namespaceId is { } id
                ? transaction.QueryFirstOrDefault<NamespaceRow>(ProjectQueries.NamespaceById, new { id })
                : transaction.QueryFirstOrDefault<NamespaceRow>(ProjectQueries.NamespaceOfUser, new { userId = access.Caller.UserId });
            if (home is null || (home.OwnerId != access.Caller.UserId && !access.Caller.IsAdmin))
                return null;
            var fullPath = $"{home.Path}/{path}";
            if (transaction.QueryFirstOrDefault<string>(ProjectQueries.RouteExists, new { path = fullPath.ToLowerInvariant() }) is not null)
                return null;
            var made = Repositories.Insert(transaction, new NewProject(home.Id, path, name, visibility, access.Caller.UserId, now), fullPath);
            AuditEvents.Record(transaction, new(now, access.Caller, "project.create", AuditEntity.Project(made, fullPath)) { Details = new { visibility = Word(visibility) } });
            return transaction.QuerySingle<ProjectRow>(ProjectQueries.ProjectById, new { id = made });
        });
        targets.Forget();
        return row;
    }

    /// <summary>Changes a project's settings; null where the caller's role does not allow it.</summary>
    public async Task<ProjectRow?> Change(ApiAccess access, ProjectRow project, ProjectChanges changes)
    {
        if (!Decision.ToAdminister(access.Caller, project.Facts, ImageTargets.RoleIn(project.Facts, access.Caller)).Allowed)
            return null;
        var now = time.Micros();
        var row = await database.Write(transaction =>
        {
            if (changes.Visibility is { } seen)
            {
                transaction.Execute(ProjectQueries.SetVisibility, new { id = project.Id, visibility = (long)seen });
                transaction.Execute(ProjectQueries.SetRouteVisibility, new { id = project.Id, visibility = (long)seen });
            }
            if (changes.RegistryAccess is { } level)
                transaction.Execute(ProjectQueries.SetRegistryAccess, new { id = project.Id, registryAccess = (long)level });
            if (changes.SparseManifests is { } sparse)
                transaction.Execute(ProjectQueries.SetSparseManifests, new { id = project.Id, sparse = sparse ? 1L : 0L });
            transaction.Execute(ProjectQueries.SetOpenness, new { id = project.Id });
            transaction.Execute(AccessQueries.BumpRights);
            Record(transaction, now, access.Caller, project, changes);
            return transaction.QueryFirstOrDefault<ProjectRow>(ProjectQueries.ProjectById, new { id = project.Id });
        });
        targets.Forget();
        return row;
    }

    private static void Record(WriteTransaction transaction, long now, Caller by, ProjectRow before, ProjectChanges changes)
    {
        if (changes.Visibility is { } seen && seen != before.Facts.Visibility)
            Record(transaction, new(now, by, "project.visibility", AuditEntity.Project(before)), Word(before.Facts.Visibility), Word(seen));
        if (changes.RegistryAccess is { } level && level != before.Facts.RegistryAccess)
            Record(transaction, new(now, by, "project.registry_access", AuditEntity.Project(before)), Word(before.Facts.RegistryAccess), Word(level));
    }

    private static void Record(WriteTransaction transaction, AuditEvent changed, string from, string to) =>
        AuditEvents.Record(transaction, changed with { Details = new { from, to } });

    private static string Word(Enum value) => value.ToString().ToLowerInvariant();

    private sealed record NamespaceRow(long Id, long? OwnerId, string Path);
}

/// <summary>What changes of a project; null stays as it is.</summary>
internal sealed record ProjectChanges(Visibility? Visibility, RegistryAccessLevel? RegistryAccess, bool? SparseManifests);

using Berth.Server.Access.Audit;
using Berth.Server.Access.Places;
using Berth.Server.Database;

namespace Berth.Server.Access.Registry;

/// <summary>Makes repositories at their first push, and with them the project where users push into their own namespace.</summary>
internal sealed class Repositories(MetadataDatabase database, ImageTargets targets, TimeProvider time)
{
    /// <summary>How long what is deleted in a new project can be restored.</summary>
    private const int DefaultTrashDays = 7;

    /// <summary>The repository of a target that a decision opened for pushing, made if it is not there.</summary>
    public async Task<(long RepositoryId, ImageTarget.InProject Target)> Ensure(Decision decision, ImageTarget target, Caller caller)
    {
        if (!decision.Allowed)
            throw new InvalidOperationException("A refused decision makes no repository.");
        var now = time.Micros();
        var (id, found) = await database.Write(transaction =>
        {
            var project = target switch
            {
                ImageTarget.InProject existing => existing,
                ImageTarget.InNewProject wanted => EnsureProject(transaction, wanted, caller, now),
                _ => throw new ArgumentException("No project can be there.", nameof(target)),
            };
            transaction.QueryForUpdate<long>(ProjectQueries.LockProject, new { id = project.Project.Id });
            var suffix = project.Relative.Length == 0 ? "" : "/" + project.Relative;
            // A project that was deleted since the decision has no path to name it by.
            return (transaction.QueryFirstOrDefault<long?>(ProjectQueries.EnsureRepository, new { projectId = project.Project.Id, name = project.Relative, suffix, now })
                ?? throw new PathTakenException(), project);
        });
        targets.Forget();
        return (id, found);
    }

    /// <summary>The project that a first push of git makes, by a decision that opened it.</summary>
    public async Task<ProjectFacts> EnsureProject(Decision decision, ImageTarget.InNewProject wanted, Caller caller)
    {
        if (!decision.Allowed)
            throw new InvalidOperationException("A refused decision makes no project.");
        var now = time.Micros();
        var made = await database.Write(transaction => EnsureProject(transaction, wanted, caller, now));
        targets.Forget();
        return made.Project;
    }

    /// <summary>Two first pushes at once make one project: the second finds the first one's row.</summary>
    private static ImageTarget.InProject EnsureProject(WriteTransaction transaction, ImageTarget.InNewProject wanted, Caller caller, long now)
    {
        var path = $"{wanted.Namespace.Path}/{wanted.ProjectPath}";
        // The namespace's row is the lock under which its paths are given out.
        transaction.QueryForUpdate<long>(ProjectQueries.LockNamespace, new { id = wanted.Namespace.Id });
        if (transaction.QueryFirstOrDefault<string>(ProjectQueries.RouteOfNamespace, new { id = wanted.Namespace.Id }) != wanted.Namespace.Path)
            throw new PathTakenException();
        var known = transaction.QueryFirstOrDefault<long?>(ProjectQueries.ProjectIdByPath, new { path = path.ToLowerInvariant() });
        var id = known ?? Insert(transaction, new NewProject(wanted.Namespace.Id, wanted.ProjectPath, wanted.ProjectPath, Visibility.Private, caller.UserId, now), path);
        if (known is null)
            AuditEvents.Record(transaction, new(now, caller, "project.create", AuditEntity.Project(id, path)) { Details = new { by = "push", visibility = "private" } });
        var row = transaction.QuerySingle<ProjectRow>(ProjectQueries.ProjectById, new { id });
        return new ImageTarget.InProject(row.Facts, wanted.Relative);
    }

    public static long Insert(WriteTransaction transaction, NewProject project, string fullPath)
    {
        var id = transaction.QuerySingle<long>(ProjectQueries.InsertProject, new
        {
            namespaceId = project.NamespaceId,
            path = project.Path,
            name = project.Name,
            description = project.Description,
            visibility = (long)project.Visibility,
            registryAccess = (long)RegistryAccessLevel.Enabled,
            trashDays = DefaultTrashDays,
            createdBy = project.CreatedBy,
            now = project.CreatedAt,
        });
        if (transaction.Execute(ProjectQueries.InsertRoute, new { lower = fullPath.ToLowerInvariant(), path = fullPath, namespaceId = (long?)null, projectId = id, visibility = (long?)project.Visibility }) == 0)
            throw new PathTakenException();
        RouteAliases.End(transaction, fullPath);
        transaction.Execute(AccessQueries.BumpRights);
        return id;
    }
}

internal sealed record NewProject(long NamespaceId, string Path, string Name, Visibility Visibility, long? CreatedBy, long CreatedAt)
{
    public string Description { get; init; } = "";
}

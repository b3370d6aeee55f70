using Berth.Server.Access;
using Berth.Server.Access.Audit;
using Berth.Server.Access.Places;
using Berth.Server.Access.Registry;
using Berth.Server.Database;

namespace Berth.Server.Projects;

/// <summary>Gives projects other names and other homes, whatever they hold.</summary>
internal sealed class ProjectMoves(MetadataDatabase database, ImageTargets targets, TimeProvider time)
{
    /// <summary>Moves a project to the namespace that a number or path names, where the caller may make projects.</summary>
    public async Task<ProjectOutcome> Transfer(ProjectAccess access, string to)
    {
        var now = time.Micros();
        try
        {
            return await database.Write(transaction => Transfer(transaction, access, to, now));
        }
        catch (PathTakenException)
        {
            return new ProjectOutcome.Invalid("new_namespace", "Project with same name or path in target namespace already exists");
        }
        finally
        {
            targets.Forget();
        }
    }

    private static ProjectOutcome Transfer(WriteTransaction transaction, ProjectAccess access, string to, long now)
    {
        var named = long.TryParse(to, out var number) ? number : transaction.QueryFirstOrDefault<long?>(PathMoveQueries.NamespaceIdByPath, new { path = to.ToLowerInvariant() });
        var id = named ?? 0;
        transaction.QueryAllForUpdate<long>(PathMoveQueries.LockNamespaces, new { ids = new[] { access.Project.NamespaceId, id } });
        if (ProjectHome.Find(transaction, access.Caller, id, now) is not { } home)
            return new ProjectOutcome.Missing("Namespace");
        if (Lock(transaction, access) is not { } project)
            return new ProjectOutcome.Missing("Project");
        if (home.Id == project.NamespaceId)
            return new ProjectOutcome.Invalid("new_namespace", "Project is already in this namespace.");
        if (home.Refusal(access.Caller) is { } refusal)
            return new ProjectOutcome.Invalid("new_namespace", $"You don't have permission to transfer projects into that namespace: {refusal}");
        if (home.Refusal(project.Facts.Visibility) is { } tooOpen)
            return new ProjectOutcome.Invalid("visibility_level", tooOpen);
        var path = $"{home.Path}/{project.Path}";
        if (PathMoves.Move(transaction, project.FullPath, path, now) is { } fault)
            return new ProjectOutcome.Invalid("path", fault);
        transaction.Execute(PathMoveQueries.SetProject, new { id = project.Id, space = home.Id, name = project.Path });
        return Moved(transaction, access, project, "project.transfer", now);
    }

    /// <summary>Gives a project another path in its namespace, whose row is locked; null if it is done.</summary>
    /// <exception cref="PathTakenException">Another has the path.</exception>
    public static ProjectOutcome? Rename(WriteTransaction transaction, ProjectAccess access, string name, long now)
    {
        if (Lock(transaction, access) is not { } project)
            return new ProjectOutcome.Missing("Project");
        if (project.Path == name)
            return null;
        var path = $"{project.FullPath[..project.FullPath.LastIndexOf('/')]}/{name}";
        if (PathMoves.Move(transaction, project.FullPath, path, now) is { } fault)
            return new ProjectOutcome.Invalid("path", fault);
        transaction.Execute(PathMoveQueries.SetProject, new { id = project.Id, space = project.NamespaceId, name });
        Moved(transaction, access, project, "project.rename", now);
        return null;
    }

    /// <summary>The project as it is, now that nothing in it changes; null if it went, or to another namespace than the one that is locked.</summary>
    private static ProjectRow? Lock(WriteTransaction transaction, ProjectAccess access)
    {
        transaction.QueryForUpdate<long>(ProjectQueries.LockProject, new { id = access.Project.Id });
        return transaction.QueryFirstOrDefault<ProjectRow>(ProjectQueries.ProjectById, new { id = access.Project.Id }) is { } row && row.NamespaceId == access.Project.NamespaceId ? row : null;
    }

    private static ProjectOutcome.Done Moved(WriteTransaction transaction, ProjectAccess access, ProjectRow before, string action, long now)
    {
        var after = transaction.QuerySingle<ProjectRow>(ProjectQueries.ProjectById, new { id = before.Id });
        AuditEvents.Record(transaction, new(now, access.Caller, action, AuditEntity.Project(after)) { Details = new { from = before.FullPath, to = after.FullPath } });
        return new ProjectOutcome.Done(after);
    }
}

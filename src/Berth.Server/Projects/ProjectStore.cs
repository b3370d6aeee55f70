using Berth.Server.Access;
using Berth.Server.Access.Audit;
using Berth.Server.Access.Places;
using Berth.Server.Access.Registry;
using Berth.Server.Database;

namespace Berth.Server.Projects;

/// <summary>Makes, changes and deletes projects. Paths below a group are given out under the lock of its row.</summary>
internal sealed class ProjectStore(MetadataDatabase database, ImageTargets targets, TimeProvider time)
{
    /// <summary>Makes a project in the caller's own namespace, or in one that is named: a group where the caller's role allows it.</summary>
    public async Task<ProjectOutcome> Create(ApiAccess access, long? namespaceId, NewProject wanted)
    {
        try
        {
            var outcome = await database.Write(transaction => Create(transaction, access.Caller, namespaceId, wanted));
            targets.Forget();
            return outcome;
        }
        catch (PathTakenException)
        {
            return new ProjectOutcome.Invalid("path", "has already been taken");
        }
    }

    private static ProjectOutcome Create(WriteTransaction transaction, Caller caller, long? namespaceId, NewProject wanted)
    {
        if (namespaceId is { } locked)
            transaction.QueryForUpdate<long>(ProjectQueries.LockNamespace, new { id = locked });
        var home = namespaceId is { } id ? ProjectHome.Find(transaction, caller, id, wanted.CreatedAt) : ProjectHome.FindOwn(transaction, caller, wanted.CreatedAt);
        if (home is null)
            return new ProjectOutcome.Invalid("namespace", "is not valid");
        if (home.Refusal(caller) is { } refusal)
            return new ProjectOutcome.Forbidden(refusal);
        if (home.Refusal(wanted.Visibility) is { } tooOpen)
            return new ProjectOutcome.Invalid("visibility_level", tooOpen);
        var fullPath = $"{home.Path}/{wanted.Path}";
        if (fullPath.Length > NamespacePath.MaxFullLength)
            return new ProjectOutcome.Invalid("path", $"is too long (maximum is {NamespacePath.MaxFullLength} characters with the groups above)");
        if (transaction.QueryFirstOrDefault<string>(ProjectQueries.RouteExists, new { path = fullPath.ToLowerInvariant() }) is not null)
            return new ProjectOutcome.Invalid("path", "has already been taken");
        var made = Repositories.Insert(transaction, wanted with { NamespaceId = home.Id }, fullPath);
        AuditEvents.Record(transaction, new(wanted.CreatedAt, caller, "project.create", AuditEntity.Project(made, fullPath)) { Details = new { visibility = Words.Of(wanted.Visibility) } });
        return new ProjectOutcome.Done(transaction.QuerySingle<ProjectRow>(ProjectQueries.ProjectById, new { id = made }));
    }

    /// <summary>Marks a project as deleted: its path is free at once, its images, code and pipelines are kept until the trash is emptied.</summary>
    public async Task Delete(ProjectAccess access)
    {
        var now = time.Micros();
        var project = access.Project;
        await database.Write(transaction =>
        {
            transaction.QueryForUpdate<long>(ProjectQueries.LockProject, new { id = project.Id });
            if (transaction.Execute(ProjectQueries.DeleteRoute, new { id = project.Id }) == 0)
                return;
            transaction.Execute(ProjectQueries.MarkDeleted, new { id = project.Id, now, keepUntil = now + (project.TrashDays * Clock.Day), user = access.Caller.UserId });
            transaction.Execute(ProjectQueries.HideRepositories, new { id = project.Id });
            transaction.Execute(AccessQueries.BumpRights);
            AuditEvents.Record(transaction, new(now, access.Caller, "project.delete", AuditEntity.Project(project)));
        });
        targets.Forget();
    }

    /// <summary>Changes a project's settings; the route's rule has made sure of the role.</summary>
    public async Task<ProjectOutcome> Change(ProjectAccess access, ProjectChanges changes)
    {
        var now = time.Micros();
        try
        {
            return await database.Write(transaction => Change(transaction, access, changes, now));
        }
        catch (PathTakenException)
        {
            return new ProjectOutcome.Invalid("path", "has already been taken");
        }
        finally
        {
            targets.Forget();
        }
    }

    private static ProjectOutcome Change(WriteTransaction transaction, ProjectAccess access, ProjectChanges changes, long now)
    {
        var project = access.Project;
        transaction.QueryForUpdate<long>(ProjectQueries.LockNamespace, new { id = project.NamespaceId });
        if (changes.Visibility is { } wanted && transaction.QueryFirstOrDefault<ProjectHome>(ProjectQueries.NamespaceById, new { id = project.NamespaceId })?.Refusal(wanted) is { } tooOpen)
            return new ProjectOutcome.Invalid("visibility_level", tooOpen);
        if (changes.Path is { } path && ProjectMoves.Rename(transaction, access, path, now) is { } refused)
            return refused;
        if (changes.Visibility is { } seen)
        {
            transaction.Execute(ProjectQueries.SetVisibility, new { id = project.Id, visibility = (long)seen });
            transaction.Execute(ProjectQueries.SetRouteVisibility, new { id = project.Id, visibility = (long)seen });
        }
        if (changes.RegistryAccess is { } level)
            transaction.Execute(ProjectQueries.SetRegistryAccess, new { id = project.Id, registryAccess = (long)level });
        if (changes.SparseManifests is { } sparse)
            transaction.Execute(ProjectQueries.SetSparseManifests, new { id = project.Id, sparse = sparse ? 1L : 0L });
        if (changes.Name is not null || changes.Description is not null)
            transaction.Execute(ProjectQueries.SetText, new { id = project.Id, name = changes.Name ?? project.Name, description = changes.Description ?? project.Description });
        transaction.Execute(ProjectQueries.SetOpenness, new { id = project.Id });
        transaction.Execute(AccessQueries.BumpRights);
        Record(transaction, now, access.Caller, project, changes);
        return transaction.QueryFirstOrDefault<ProjectRow>(ProjectQueries.ProjectById, new { id = project.Id }) is { } row ? new ProjectOutcome.Done(row) : new ProjectOutcome.Missing("Project");
    }

    private static void Record(WriteTransaction transaction, long now, Caller by, ProjectRow before, ProjectChanges changes)
    {
        if (changes.Visibility is { } seen && seen != before.Facts.Visibility)
            Record(transaction, new(now, by, "project.visibility", AuditEntity.Project(before)), Words.Of(before.Facts.Visibility), Words.Of(seen));
        if (changes.RegistryAccess is { } level && level != before.Facts.RegistryAccess)
            Record(transaction, new(now, by, "project.registry_access", AuditEntity.Project(before)), Words.Of(before.Facts.RegistryAccess), Words.Of(level));
    }

    private static void Record(WriteTransaction transaction, AuditEvent changed, string from, string to) =>
        AuditEvents.Record(transaction, changed with { Details = new { from, to } });
}

/// <summary>What changes of a project; null stays as it is.</summary>
internal sealed record ProjectChanges(Visibility? Visibility, RegistryAccessLevel? RegistryAccess, bool? SparseManifests, string? Path, string? Name, string? Description);

/// <summary>How the making or changing of a project ended.</summary>
internal abstract record ProjectOutcome
{
    private ProjectOutcome()
    {
    }

    internal sealed record Done(ProjectRow Project) : ProjectOutcome;

    internal sealed record Missing(string What) : ProjectOutcome;

    internal sealed record Forbidden(string Reason) : ProjectOutcome;

    internal sealed record Invalid(string Field, string Reason) : ProjectOutcome;

    /// <summary>Something else is where the project would be.</summary>
    internal sealed record Taken(string FullPath) : ProjectOutcome;
}

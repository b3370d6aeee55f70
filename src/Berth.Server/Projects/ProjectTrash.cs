using System.Globalization;
using Berth.Server.Access;
using Berth.Server.Access.Audit;
using Berth.Server.Access.Places;
using Berth.Server.Access.Registry;
using Berth.Server.Database;
using Berth.Server.Http;

namespace Berth.Server.Projects;

/// <summary>Deleted projects, which their Owners list and restore as long as they are kept.</summary>
internal sealed class ProjectTrash(MetadataDatabase database, ImageTargets targets, TimeProvider time)
{
    /// <summary>Newest number first; and how many there are, as far as they are counted.</summary>
    public async Task<(List<DeletedProject> Rows, int Counted)> List(ApiAccess access, ProjectTrashFilter filter, CancellationToken cancellationToken)
    {
        var caller = access.Caller;
        // A token of one project or group alone owns nothing.
        if (caller.Only is not null)
            return ([], 0);
        await using var connection = await database.OpenRead(cancellationToken);
        var rows = await connection.Query<DeletedProject>(caller.IsAdmin ? ProjectTrashQueries.All : ProjectTrashQueries.Owned, new
        {
            user = caller.UserId ?? 0,
            owner = (long)AccessLevel.Owner,
            now = time.Micros(),
            from = filter.From,
            end = filter.End,
            limit = filter.Page.Needed,
        }, cancellationToken);
        return ([.. rows.Skip(filter.Page.Skip).Take(filter.Page.Size)], rows.Count);
    }

    /// <summary>Gives a project back with all that was in it, at the path it had or at another one in its namespace.</summary>
    /// <param name="access">An Owner's, to a deleted project.</param>
    /// <param name="otherPath">The last part of the path; null for the one it had.</param>
    public async Task<ProjectOutcome> Restore(ProjectAccess access, string? otherPath)
    {
        var now = time.Micros();
        try
        {
            return await database.Write(transaction => Restore(transaction, access, otherPath, now));
        }
        catch (PathTakenException)
        {
            return new ProjectOutcome.Taken(access.Project.FullPath);
        }
        finally
        {
            targets.Forget();
        }
    }

    private static ProjectOutcome Restore(WriteTransaction transaction, ProjectAccess access, string? otherPath, long now)
    {
        var id = access.Project.Id;
        transaction.QueryForUpdate<long>(ProjectQueries.LockNamespace, new { id = access.Project.NamespaceId });
        transaction.QueryForUpdate<long>(ProjectQueries.LockProject, new { id });
        if (transaction.QueryFirstOrDefault<ProjectRow>(ProjectQueries.DeletedProject, new { id, now }) is not { } project
            || transaction.QueryFirstOrDefault<ProjectHome>(ProjectQueries.NamespaceById, new { id = project.NamespaceId }) is not { } home)
            return new ProjectOutcome.Missing("Project");
        var path = otherPath ?? project.Path;
        var fullPath = $"{home.Path}/{path}";
        if (transaction.QueryFirstOrDefault<string>(ProjectQueries.RouteExists, new { path = fullPath.ToLowerInvariant() }) is { } there)
            return new ProjectOutcome.Taken(there);
        var longestImage = transaction.QueryFirstOrDefault<long?>(ProjectTrashQueries.LongestImage, new { id }) ?? 0;
        if (fullPath.Length > NamespacePath.MaxFullLength || fullPath.Length + 1 + longestImage > Oci.RepositoryName.MaxLength)
            return new ProjectOutcome.Invalid("path", $"is too long: with the groups above and the images below, a name has at most {NamespacePath.MaxFullLength} characters");
        // The namespace may have become less open meanwhile, and then the project must not be more so.
        var visibility = Math.Min(project.Visibility, home.Visibility);
        transaction.Execute(ProjectTrashQueries.Revive, new { id, path, visibility });
        if (transaction.Execute(ProjectQueries.InsertRoute, new { lower = fullPath.ToLowerInvariant(), path = fullPath, namespaceId = (long?)null, projectId = id, visibility = (long?)visibility }) == 0)
            throw new PathTakenException();
        RouteAliases.End(transaction, fullPath);
        transaction.Execute(ProjectTrashQueries.NameRepositories, new { id, lower = fullPath.ToLowerInvariant() });
        transaction.Execute(ProjectQueries.SetOpenness, new { id });
        transaction.Execute(AccessQueries.BumpRights);
        AuditEvents.Record(transaction, new(now, access.Caller, "project.restore", AuditEntity.Project(id, fullPath)) { Details = new { visibility = Words.Of((Visibility)visibility) } });
        return new ProjectOutcome.Done(transaction.QuerySingle<ProjectRow>(ProjectQueries.ProjectById, new { id }));
    }
}

/// <summary>A deleted project, with where it would be now, that is kept until <c>KeepUntil</c>. Times in microseconds.</summary>
internal sealed record DeletedProject(
    long Id, long NamespaceId, string Path, string Name, string NamespacePath, long? NamespaceOwnerId, long Visibility, long RegistryAccess, long TrashDays, long CreatedAt,
    long SparseManifests, string Description, long DeletedAt, long KeepUntil)
{
    public ProjectRow Project => new(Id, NamespaceId, Path, Name, $"{NamespacePath}/{Path}", NamespaceOwnerId, Visibility, RegistryAccess, TrashDays, CreatedAt, SparseManifests, Description);
}

/// <summary>Which deleted projects are asked for: between two times in microseconds, the second not included.</summary>
internal sealed record ProjectTrashFilter(ApiPage Page, long From, long End)
{
    /// <summary>GitLab's marked_for_deletion_on, a day, and active=false. Null if neither is asked for, or what is asked for is no day.</summary>
    public static ProjectTrashFilter? Of(HttpRequest request, out string? refusal)
    {
        refusal = null;
        var day = request.Query["marked_for_deletion_on"].ToString();
        if (day.Length == 0)
            return ApiFlags.Parse(request.Query["active"]) == false ? new ProjectTrashFilter(ApiPage.Of(request), 0, long.MaxValue) : null;
        if (!DateOnly.TryParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) || date.Year < 1970)
        {
            refusal = "marked_for_deletion_on is invalid";
            return null;
        }
        var from = Clock.Micros(new DateTimeOffset(date.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero));
        return new ProjectTrashFilter(ApiPage.Of(request), from, from + Clock.Day);
    }
}

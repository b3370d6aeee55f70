using Berth.Server.Access;
using Berth.Server.Access.Audit;
using Berth.Server.Access.Places;
using Berth.Server.Access.Registry;
using Berth.Server.Database;

namespace Berth.Server.Projects;

/// <summary>Makes, changes and deletes groups. Whatever is given out below a group is decided under the lock of the group's row.</summary>
internal sealed class GroupStore(MetadataDatabase database, ImageTargets targets, TimeProvider time)
{
    /// <summary>GitLab's: groups nest up to 20 levels.</summary>
    public const int MaxDepth = 20;

    /// <summary>Makes a group, at the top or in one where the caller is a Maintainer; its maker owns it.</summary>
    public async Task<GroupOutcome> Create(ApiAccess access, NewGroup wanted)
    {
        var now = time.Micros();
        try
        {
            var outcome = await database.Write(transaction => Create(transaction, access.Caller, wanted, now));
            targets.Forget();
            return outcome;
        }
        catch (PathTakenException)
        {
            return new GroupOutcome.Invalid("path", "has already been taken");
        }
    }

    /// <summary>Changes what is given; the caller's rule has made sure of the role.</summary>
    public async Task<GroupOutcome> Change(GroupAccess access, GroupChanges changes)
    {
        var now = time.Micros();
        try
        {
            return await database.Write(transaction => Change(transaction, access, changes, now));
        }
        catch (PathTakenException)
        {
            return new GroupOutcome.Invalid("path", "has already been taken");
        }
        finally
        {
            targets.Forget();
        }
    }

    /// <summary>Marks an empty group as deleted and frees its path; false if something is still in it.</summary>
    public async Task<bool> Delete(GroupAccess access)
    {
        var now = time.Micros();
        var id = access.Group.Id;
        var done = await database.Write(transaction =>
        {
            transaction.QueryForUpdate<long>(ProjectQueries.LockNamespace, new { id });
            if (transaction.QueryFirstOrDefault<long?>(GroupChangeQueries.AnySubgroup, new { id }) is not null
                || transaction.QueryFirstOrDefault<long?>(GroupChangeQueries.AnyProject, new { id }) is not null)
                return false;
            transaction.Execute(GroupChangeQueries.MarkDeleted, new { id, now });
            transaction.Execute(GroupChangeQueries.DeleteRoute, new { id });
            transaction.Execute(AccessQueries.BumpRights);
            AuditEvents.Record(transaction, new(now, access.Caller, "group.delete", AuditEntity.Group(id, access.Group.FullPath)));
            return true;
        });
        targets.Forget();
        return done;
    }

    private static GroupOutcome Create(WriteTransaction transaction, Caller caller, NewGroup wanted, long now)
    {
        GroupRow? parent = null;
        if (wanted.ParentId is { } parentId)
        {
            transaction.QueryForUpdate<long>(ProjectQueries.LockNamespace, new { id = parentId });
            parent = transaction.QueryFirstOrDefault<GroupRow>(GroupQueries.ById, new { id = parentId });
            var role = RememberedRole.Read(transaction, 0, parentId, caller.UserId ?? 0, now);
            var decision = parent is null ? null : Decision.InGroupApi(caller, parent.Facts, role, AccessLevel.Maintainer);
            if (decision is null or { Hides: true })
                return new GroupOutcome.Missing("Group");
            if (!decision.Allowed)
                return new GroupOutcome.Forbidden(decision.Reason);
            if (transaction.QuerySingle<long>(GroupChangeQueries.Depth, new { id = parentId }) >= MaxDepth)
                return new GroupOutcome.Invalid("parent_id", $"is too deep: groups nest up to {MaxDepth} levels");
            if ((long)wanted.Visibility > parent!.Visibility)
                return TooOpen(wanted.Visibility, parent.Visibility);
        }
        var path = parent is null ? wanted.Path : $"{parent.FullPath}/{wanted.Path}";
        if (path.Length > NamespacePath.MaxFullLength)
            return new GroupOutcome.Invalid("path", $"is too long (maximum is {NamespacePath.MaxFullLength} characters with the groups above)");
        if (transaction.QueryFirstOrDefault<string>(ProjectQueries.RouteExists, new { path = path.ToLowerInvariant() }) is not null)
            return new GroupOutcome.Invalid("path", "has already been taken");
        var made = Namespaces.Insert(transaction, new NewNamespace(NamespaceKind.Group, null, wanted.ParentId, wanted.Path, wanted.Name, wanted.Description,
            wanted.Visibility, wanted.ProjectCreation, wanted.PushCreatesProjects, now), path);
        transaction.Execute(MemberChangeQueries.Insert, new { space = (long?)made, project = (long?)null, user = caller.UserId, level = (long)AccessLevel.Owner, expiresAt = (long?)null, by = caller.UserId, now });
        transaction.Execute(AccessQueries.BumpRights);
        AuditEvents.Record(transaction, new(now, caller, "group.create", AuditEntity.Group(made, path)) { Details = new { visibility = Words.Of(wanted.Visibility), owner = caller.Username } });
        return new GroupOutcome.Done(transaction.QuerySingle<GroupRow>(GroupQueries.ById, new { id = made }));
    }

    private static GroupOutcome Change(WriteTransaction transaction, GroupAccess access, GroupChanges changes, long now)
    {
        var id = access.Group.Id;
        if (access.Group.ParentId is { } parentId)
            transaction.QueryForUpdate<long>(ProjectQueries.LockNamespace, new { id = parentId });
        transaction.QueryForUpdate<long>(ProjectQueries.LockNamespace, new { id });
        if (transaction.QueryFirstOrDefault<GroupRow>(GroupQueries.ById, new { id }) is not { } before)
            return new GroupOutcome.Missing("Group");
        var visibility = changes.Visibility ?? before.Facts.Visibility;
        if (before.ParentId is { } above && transaction.QueryFirstOrDefault<GroupRow>(GroupQueries.ById, new { id = above }) is { } parent && (long)visibility > parent.Visibility)
            return TooOpen(visibility, parent.Visibility);
        if (transaction.QueryFirstOrDefault<long?>(GroupChangeQueries.MostOpenSubgroup, new { id }) is { } subgroup && subgroup > (long)visibility)
            return new GroupOutcome.Invalid("visibility_level", $"{Words.Of(visibility)} is not allowed since there are sub-groups with higher visibility.");
        if (transaction.QueryFirstOrDefault<long?>(GroupChangeQueries.MostOpenProject, new { id }) is { } project && project > (long)visibility)
            return new GroupOutcome.Invalid("visibility_level", $"{Words.Of(visibility)} is not allowed since this group contains projects with higher visibility.");
        if (changes.Path is { } path && GroupMoves.Rename(transaction, access, path, now) is { } refused)
            return refused;
        transaction.Execute(GroupChangeQueries.Update, new
        {
            id,
            name = changes.Name ?? before.Name,
            description = changes.Description ?? before.Description,
            visibility = (long)visibility,
            projectCreation = (long?)changes.ProjectCreation ?? before.ProjectCreation,
            pushCreatesProjects = changes.PushCreatesProjects is { } creates ? (creates ? 1L : 0L) : before.PushCreatesProjects,
        });
        transaction.Execute(AccessQueries.BumpRights);
        var after = transaction.QuerySingle<GroupRow>(GroupQueries.ById, new { id });
        AuditEvents.Record(transaction, new(now, access.Caller, "group.update", AuditEntity.Group(id, after.FullPath))
        {
            Details = new { visibility = Words.Of(visibility), project_creation_level = after.ProjectCreation, push_creates_projects = after.PushCreatesProjects != 0 },
        });
        return new GroupOutcome.Done(after);
    }

    private static GroupOutcome.Invalid TooOpen(Visibility wanted, long parent) =>
        new("visibility_level", $"{Words.Of(wanted)} is not allowed since the parent group has a {Words.Of((Visibility)parent)} visibility.");
}

/// <summary>A group to be made.</summary>
internal sealed record NewGroup(
    long? ParentId, string Path, string Name, string Description, Visibility Visibility, AccessLevel ProjectCreation, bool PushCreatesProjects);

/// <summary>What changes of a group; null stays as it is.</summary>
internal sealed record GroupChanges(string? Path, string? Name, string? Description, Visibility? Visibility, AccessLevel? ProjectCreation, bool? PushCreatesProjects);

/// <summary>How the making or changing of a group ended.</summary>
internal abstract record GroupOutcome
{
    private GroupOutcome()
    {
    }

    internal sealed record Done(GroupRow Group) : GroupOutcome;

    internal sealed record Missing(string What) : GroupOutcome;

    internal sealed record Forbidden(string Reason) : GroupOutcome;

    internal sealed record Invalid(string Field, string Reason) : GroupOutcome;
}

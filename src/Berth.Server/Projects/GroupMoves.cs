using Berth.Server.Access;
using Berth.Server.Access.Audit;
using Berth.Server.Access.Places;
using Berth.Server.Access.Registry;
using Berth.Server.Database;

namespace Berth.Server.Projects;

/// <summary>Gives groups other names and other parents, with all below them, whatever that holds.</summary>
internal sealed class GroupMoves(MetadataDatabase database, ImageTargets targets, TimeProvider time)
{
    /// <summary>Moves a group to another, where the caller may make groups, or to the top.</summary>
    public async Task<GroupOutcome> Transfer(GroupAccess access, long? parent)
    {
        var now = time.Micros();
        try
        {
            return await database.Write(transaction => Transfer(transaction, access, parent, now));
        }
        catch (PathTakenException)
        {
            return new GroupOutcome.Invalid("path", "The parent group already has a subgroup or a project with the same path.");
        }
        finally
        {
            targets.Forget();
        }
    }

    private static GroupOutcome Transfer(WriteTransaction transaction, GroupAccess access, long? parentId, long now)
    {
        var id = access.Group.Id;
        PathMoves.LockTree(transaction, id, parentId ?? 0);
        if (transaction.QueryFirstOrDefault<GroupRow>(GroupQueries.ById, new { id }) is not { } group)
            return new GroupOutcome.Missing("Group");
        GroupRow? parent = null;
        if (parentId is { } above)
        {
            parent = transaction.QueryFirstOrDefault<GroupRow>(GroupQueries.ById, new { id = above });
            if (Refusal(transaction, access.Caller, group, parent, above, now) is { } refused)
                return refused;
        }
        else if (group.ParentId is null)
            return new GroupOutcome.Invalid("parent_id", "Group is already a root group.");
        var path = parent is null ? group.Path : $"{parent.FullPath}/{group.Path}";
        if (PathMoves.Move(transaction, group.FullPath, path, now) is { } fault)
            return new GroupOutcome.Invalid("path", fault);
        transaction.Execute(PathMoveQueries.CutTree, new { id });
        if (parentId is not null)
            transaction.Execute(PathMoveQueries.GraftTree, new { id, parent = parentId });
        transaction.Execute(PathMoveQueries.SetNamespace, new { id, parent = parentId, name = group.Path });
        return Moved(transaction, access, group, "group.transfer", now);
    }

    private static GroupOutcome? Refusal(WriteTransaction transaction, Caller caller, GroupRow group, GroupRow? parent, long parentId, long now)
    {
        var role = RememberedRole.Read(transaction, 0, parentId, caller.UserId ?? 0, now);
        var decision = parent is null ? null : Decision.InGroupApi(caller, parent.Facts, role, AccessLevel.Maintainer);
        if (decision is null or { Hides: true })
            return new GroupOutcome.Missing("Group");
        if (!decision.Allowed)
            return new GroupOutcome.Invalid("parent_id", $"You don't have enough permissions: {decision.Reason}");
        if (group.ParentId == parentId)
            return new GroupOutcome.Invalid("parent_id", "Group is already associated to the parent group.");
        if (transaction.QueryFirstOrDefault<long?>(PathMoveQueries.IsBelow, new { other = parentId, id = group.Id }) is not null)
            return new GroupOutcome.Invalid("parent_id", "Cannot transfer group to one of its subgroup.");
        if (group.Visibility > parent!.Visibility)
            return new GroupOutcome.Invalid("visibility_level", $"{Words.Of(group.Facts.Visibility)} is not allowed since the parent group has a {Words.Of(parent.Facts.Visibility)} visibility.");
        var levels = transaction.QuerySingle<long>(PathMoveQueries.DeepestOfTree, new { id = group.Id }) - transaction.QuerySingle<long>(GroupChangeQueries.Depth, new { id = group.Id }) + 1;
        return transaction.QuerySingle<long>(GroupChangeQueries.Depth, new { id = parentId }) + levels > GroupStore.MaxDepth
            ? new GroupOutcome.Invalid("parent_id", $"is too deep: groups nest up to {GroupStore.MaxDepth} levels")
            : null;
    }

    /// <summary>Gives a group another path where it is; null if it is done.</summary>
    /// <exception cref="PathTakenException">Another has the path.</exception>
    public static GroupOutcome? Rename(WriteTransaction transaction, GroupAccess access, string name, long now)
    {
        var id = access.Group.Id;
        PathMoves.LockTree(transaction, id, also: 0);
        if (transaction.QueryFirstOrDefault<GroupRow>(GroupQueries.ById, new { id }) is not { } group)
            return new GroupOutcome.Missing("Group");
        if (group.Path == name)
            return null;
        if (PathMoves.Move(transaction, group.FullPath, group.FullPath[..^group.Path.Length] + name, now) is { } fault)
            return new GroupOutcome.Invalid("path", fault);
        transaction.Execute(PathMoveQueries.SetNamespace, new { id, parent = group.ParentId, name });
        Moved(transaction, access, group, "group.rename", now);
        return null;
    }

    private static GroupOutcome.Done Moved(WriteTransaction transaction, GroupAccess access, GroupRow before, string action, long now)
    {
        var after = transaction.QuerySingle<GroupRow>(GroupQueries.ById, new { id = before.Id });
        AuditEvents.Record(transaction, new(now, access.Caller, action, AuditEntity.Group(after.Id, after.FullPath)) { Details = new { from = before.FullPath, to = after.FullPath } });
        return new GroupOutcome.Done(after);
    }
}

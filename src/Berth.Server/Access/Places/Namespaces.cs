using Berth.Server.Database;

namespace Berth.Server.Access.Places;

/// <summary>Writes the rows of namespaces: of users and of groups.</summary>
internal static class Namespaces
{
    /// <summary>The namespace, what it is under, and its path, which may be taken by another transaction meanwhile.</summary>
    /// <exception cref="PathTakenException">The path is taken.</exception>
    public static long Insert(WriteTransaction transaction, NewNamespace made, string fullPath)
    {
        var id = transaction.QuerySingle<long>(ProjectQueries.InsertNamespace, new
        {
            kind = (long)made.Kind,
            ownerId = made.OwnerId,
            parentId = made.ParentId,
            path = made.Path,
            name = made.Name,
            description = made.Description,
            visibility = (long)made.Visibility,
            projectCreation = (long)made.ProjectCreation,
            pushCreatesProjects = made.PushCreatesProjects ? 1L : 0L,
            now = made.CreatedAt,
        });
        transaction.Execute(ProjectQueries.InsertAncestors, new { id });
        if (transaction.Execute(ProjectQueries.InsertRoute, new { lower = fullPath.ToLowerInvariant(), path = fullPath, namespaceId = (long?)id, projectId = (long?)null, visibility = (long?)null }) == 0)
            throw new PathTakenException();
        RouteAliases.End(transaction, fullPath);
        return id;
    }
}

/// <summary>What a namespace is; the numbers stand in the database.</summary>
internal enum NamespaceKind
{
    User = 1,
    Group = 2,
}

internal sealed record NewNamespace(
    NamespaceKind Kind, long? OwnerId, long? ParentId, string Path, string Name, string Description, Visibility Visibility,
    AccessLevel ProjectCreation, bool PushCreatesProjects, long CreatedAt);

using Berth.Server.Database;

namespace Berth.Server.Access.Places;

/// <summary>
/// Gives what is at a path, and all below it, another path, in the transaction of a rename or transfer; the old one stays as an alias.
/// Whoever calls has locked what is given out below it: see <see cref="LockTree"/>.
/// </summary>
internal static class PathMoves
{
    /// <summary>What is wrong with the new path; null if the move is done. The rights version is raised.</summary>
    /// <exception cref="PathTakenException">Another has the path.</exception>
    public static string? Move(WriteTransaction transaction, string from, string to, long now)
    {
        var below = PathRange.Below(from.ToLowerInvariant());
        var move = new { path = from.ToLowerInvariant(), lower = to.ToLowerInvariant(), to, from = below.From, end = below.End, cut = from.Length + 1 };
        transaction.Execute(AccessQueries.BumpRights);
        if (move.path == move.lower)
        {
            transaction.Execute(PathMoveQueries.SpellRoutes, move);
            return null;
        }
        var longest = Math.Max(transaction.QuerySingle<long?>(PathMoveQueries.LongestPath, move) ?? 0, transaction.QuerySingle<long?>(PathMoveQueries.LongestImage, move) ?? 0);
        if (longest - from.Length + to.Length > NamespacePath.MaxFullLength)
            return $"is too long (maximum is {NamespacePath.MaxFullLength} characters with the groups above, for the images below too)";
        RouteAliases.Keep(transaction, from, now);
        if (transaction.Execute(PathMoveQueries.ClaimRoute, move) == 0)
            throw new PathTakenException();
        transaction.Execute(PathMoveQueries.DeleteRoute, move);
        transaction.Execute(PathMoveQueries.MoveRoutesBelow, move);
        transaction.Execute(PathMoveQueries.MoveImages, move);
        RouteAliases.End(transaction, to);
        return null;
    }

    /// <summary>
    /// Keeps all below a group from giving out paths and names until the transaction ends. What was made while it waited is locked by
    /// the next turn.
    /// </summary>
    /// <param name="transaction">Whose locks they are.</param>
    /// <param name="id">The group.</param>
    /// <param name="also">A namespace besides; 0 for none.</param>
    public static void LockTree(WriteTransaction transaction, long id, long also)
    {
        var locked = -1;
        for (var found = 0; found != locked;)
        {
            locked = found;
            found = transaction.QueryAllForUpdate<long>(PathMoveQueries.LockTree, new { id, also }).Count;
        }
        transaction.QueryAllForUpdate<long>(PathMoveQueries.LockProjectsOfTree, new { id });
    }
}

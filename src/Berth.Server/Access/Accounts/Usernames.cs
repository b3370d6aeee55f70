using Berth.Server.Access.Audit;
using Berth.Server.Access.Places;
using Berth.Server.Database;

namespace Berth.Server.Access.Accounts;

/// <summary>Gives users other names, and with them their namespace another path, whatever it holds.</summary>
internal static class Usernames
{
    /// <summary>Why the name is refused; null if it is the user's now. Part of the transaction that changes the user.</summary>
    /// <exception cref="PathTakenException">Another has the name.</exception>
    public static string? Change(WriteTransaction transaction, AuditActor by, long userId, string username, long now)
    {
        if (transaction.QueryFirstOrDefault<OwnNamespace>(PathMoveQueries.OwnNamespace, new { userId }) is not { } own)
            return "belongs to no person: bots are called by what they are for";
        PathMoves.LockTree(transaction, own.Id, also: 0);
        if (own.Path == username)
            return null;
        if (PathMoves.Move(transaction, own.Path, username, now) is { } fault)
            return fault;
        transaction.Execute(PathMoveQueries.SetUsername, new { userId, username, lower = username.ToLowerInvariant() });
        transaction.Execute(PathMoveQueries.SetNamespace, new { id = own.Id, parent = (long?)null, name = username });
        AuditEvents.Record(transaction, new(now, by, "user.rename", AuditEntity.User(userId, username)) { Details = new { from = own.Path, to = username } });
        return null;
    }

    private sealed record OwnNamespace(long Id, string Path);
}

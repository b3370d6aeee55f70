using System.Security.Cryptography;
using Berth.Server.Database;

namespace Berth.Server.Access.Tokens;

/// <summary>
/// The users whom access tokens of projects and groups act as: members of that one project or group as long as the token lives. They
/// have no password, so they cannot sign in, and no namespace, and are no people. A bot's row stays, for what it did names it.
/// </summary>
internal static class Bots
{
    /// <summary>In users.kind, where people are 1.</summary>
    public const long Kind = 2;

    /// <summary>Makes the bot of a token, with GitLab's name for it.</summary>
    public static long Make(WriteTransaction transaction, TokenOwner owner, NewAccessToken token, long now)
    {
        var id = transaction.QuerySingle<long>(BotQueries.Insert, new
        {
            username = $"{owner.Word}_{owner.Id}_bot_{RandomNumberGenerator.GetHexString(32, lowercase: true)}",
            name = token.Name,
            now,
            kind = Kind,
        });
        transaction.Execute(BotQueries.InsertMember, new
        {
            namespaceId = owner.NamespaceId,
            projectId = owner.ProjectId,
            userId = id,
            accessLevel = token.AccessLevel,
            expiresAt = token.ExpiresAt,
            createdBy = token.CreatedBy,
            now,
        });
        transaction.Execute(AccessQueries.BumpRights);
        return id;
    }

    /// <summary>The bot's token was replaced by one that lives until then.</summary>
    public static void Extend(WriteTransaction transaction, long userId, long expiresAt)
    {
        transaction.Execute(BotQueries.ExtendMember, new { userId, expiresAt });
        transaction.Execute(AccessQueries.BumpRights);
    }

    /// <summary>The bot's token was revoked.</summary>
    public static void End(WriteTransaction transaction, long userId)
    {
        transaction.Execute(BotQueries.DeleteMember, new { userId });
        transaction.Execute(BotQueries.Block, new { userId });
        transaction.Execute(AccessQueries.BumpRights);
    }
}

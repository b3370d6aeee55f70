using Berth.Server.Access.Audit;
using Berth.Server.Database;

namespace Berth.Server.Access.Tokens;

/// <summary>Access tokens of projects and groups, each with its bot.</summary>
internal sealed class OwnedTokens(MetadataDatabase database, TimeProvider time)
{
    public async Task<AccessTokenRow?> Find(TokenOwner owner, long id, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenRead(cancellationToken);
        return await connection.QueryFirstOrDefault<AccessTokenRow>(AccessTokenQueries.ById, new { id }, cancellationToken) is { } row && IsOf(owner, row) ? row : null;
    }

    /// <summary>Makes a token and its bot, who is a member with the token's role; the secret is known here and then never again.</summary>
    public async Task<(AccessTokenRow Row, string Secret)> Create(TokenOwner owner, NewAccessToken wanted)
    {
        if (wanted.AccessLevel > (long)owner.Role || owner.Caller.IsBot)
            throw new InvalidOperationException("A token above its maker's role, or of a bot's making.");
        var secret = AccessTokens.NewSecret();
        var now = time.Micros();
        var row = await database.Write(transaction =>
        {
            var token = wanted with { ProjectId = owner.ProjectId, NamespaceId = owner.NamespaceId, CreatedBy = owner.Caller.UserId };
            var made = AccessTokens.Insert(transaction, token with { UserId = Bots.Make(transaction, owner, token, now) }, secret, now);
            AuditEvents.Record(transaction, AccessTokens.EventOf(transaction, made, owner.Caller, "token.create", now));
            return made;
        });
        return (row, secret);
    }

    public static bool IsOf(TokenOwner owner, AccessTokenRow row) => row.IsOfBot && row.ProjectId == owner.ProjectId && row.NamespaceId == owner.NamespaceId;
}

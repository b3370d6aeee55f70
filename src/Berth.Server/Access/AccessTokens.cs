using Berth.Server.Database;

namespace Berth.Server.Access;

/// <summary>Personal access tokens: made, and shown once; revoked.</summary>
internal sealed class AccessTokens(MetadataDatabase database, TimeProvider time)
{
    /// <summary>GitLab's default and most for a token without an expiry date of its own.</summary>
    public const int DefaultDays = 365;

    /// <summary>Makes a token for a user; the secret is known here and then never again.</summary>
    public async Task<(AccessTokenRow Row, string Secret)> Create(ApiAccess access, long userId, string name, TokenScopes scopes, long expiresAt)
    {
        if (access.Caller.UserId != userId)
            access.DemandAdmin();
        var secret = Credentials.NewSecret(Credentials.PersonalAccessTokenPrefix);
        var now = time.Micros();
        var row = await database.Write(transaction =>
        {
            var id = transaction.QuerySingle<long>(AccessQueries.InsertToken, new { userId, name, hash = Credentials.HashSecret(secret), scopes = (long)scopes, now, expiresAt = (long?)expiresAt });
            Record(transaction, now, access.Caller, "token.create", (userId, id, name), new { scopes = scopes.Names(), expires_at = Clock.FromMicros(expiresAt) });
            return transaction.QuerySingle<AccessTokenRow>(AccessQueries.TokenById, new { id });
        });
        return (row, secret);
    }

    /// <summary>Revokes a token of the caller's own, or any for an administrator; false if there is none such.</summary>
    public Task<bool> Revoke(ApiAccess access, long id)
    {
        var now = time.Micros();
        return database.Write(transaction =>
        {
            var token = transaction.QueryFirstOrDefault<AccessTokenRow>(AccessQueries.TokenById, new { id });
            if (token is null || (token.UserId != access.Caller.UserId && !access.Caller.IsAdmin))
                return false;
            if (transaction.Execute(AccessQueries.RevokeToken, new { id, now }) > 0)
                Record(transaction, now, access.Caller, "token.revoke", (token.UserId, id, token.Name), null);
            return true;
        });
    }

    private static void Record(WriteTransaction transaction, long now, Caller by, string action, (long UserId, long Id, string Name) token, object? details)
    {
        var owner = transaction.QuerySingle<UserRow>(AccessQueries.UserById, new { id = token.UserId });
        AuditEvents.Record(transaction, new(now, by, action, AuditEntity.User(owner.Id, owner.Username))
        {
            Target = new("personal_access_token", token.Id, token.Name),
            Details = details,
        });
    }
}

internal sealed record AccessTokenRow(long Id, long UserId, string Name, long Scopes, long CreatedAt, long? ExpiresAt, long? RevokedAt, long? LastUsedAt);

using Berth.Server.Access.Audit;
using Berth.Server.Access.Login;
using Berth.Server.Access.Places;
using Berth.Server.Database;

namespace Berth.Server.Access.Tokens;

/// <summary>Access tokens of every kind: made, and shown once; replaced by a successor; revoked.</summary>
internal sealed class AccessTokens(MetadataDatabase database, TimeProvider time)
{
    /// <summary>Makes a token for a user; the secret is known here and then never again.</summary>
    public async Task<(AccessTokenRow Row, string Secret)> Create(ApiAccess access, NewAccessToken wanted)
    {
        if (access.Caller.UserId != wanted.UserId || wanted.Kind != AccessTokenKind.Personal)
            access.DemandAdmin();
        var secret = NewSecret();
        var now = time.Micros();
        var row = await database.Write(transaction =>
        {
            var made = Insert(transaction, wanted with { CreatedBy = access.Caller.UserId }, secret, now);
            AuditEvents.Record(transaction, EventOf(transaction, made, access.Caller, "token.create", now));
            return made;
        });
        return (row, secret);
    }

    public async Task<AccessTokenRow?> Find(long id, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenRead(cancellationToken);
        return await connection.QueryFirstOrDefault<AccessTokenRow>(AccessTokenQueries.ById, new { id }, cancellationToken);
    }

    /// <summary>Revokes a token, if it is among <paramref name="theirs"/>, as those must be that the caller may end; false if there is none such.</summary>
    public Task<bool> Revoke(Caller by, long id, Func<AccessTokenRow, bool> theirs)
    {
        var now = time.Micros();
        return database.Write(transaction =>
        {
            var token = transaction.QueryForUpdate<AccessTokenRow>(AccessTokenQueries.ById, new { id });
            if (token is null || !theirs(token))
                return false;
            if (transaction.Execute(AccessTokenQueries.Revoke, new { id, now }) == 1)
            {
                if (token.IsOfBot)
                    Bots.End(transaction, token.UserId);
                AuditEvents.Record(transaction, EventOf(transaction, token, by, "token.revoke", now));
            }
            return true;
        });
    }

    /// <summary>
    /// Makes the successor of a token, with its name, scopes and role, and ends the token in the same transaction. To ask it of one that
    /// was replaced before ends the whole family, as using that one does.
    /// </summary>
    public async Task<(RotateOutcome Outcome, AccessTokenRow? Row, string Secret)> Rotate(Caller by, long id, Func<AccessTokenRow, bool> theirs, long expiresAt)
    {
        var secret = NewSecret();
        var now = time.Micros();
        var (outcome, row) = await database.Write(transaction =>
        {
            var token = transaction.QueryForUpdate<AccessTokenRow>(AccessTokenQueries.ById, new { id });
            if (token is null || !theirs(token))
                return (RotateOutcome.NotFound, (AccessTokenRow?)null);
            if (token.RotatedAt is not null)
                TokenFamilies.Revoke(transaction, token, by, now);
            if (token.RevokedAt is not null)
                return (RotateOutcome.Revoked, null);
            if (!token.IsActive(now))
                return (RotateOutcome.Expired, null);
            transaction.Execute(AccessTokenQueries.MarkRotated, new { id, now });
            var made = Insert(transaction, SuccessorOf(token, by, expiresAt), secret, now);
            if (token.IsOfBot)
                Bots.Extend(transaction, token.UserId, expiresAt);
            AuditEvents.Record(transaction, EventOf(transaction, made, by, "token.rotate", now, replaced: id));
            return (RotateOutcome.Rotated, made);
        });
        return (outcome, row, secret);
    }

    public static string NewSecret() => Credentials.NewSecret(Credentials.PersonalAccessTokenPrefix);

    public static AccessTokenRow Insert(WriteTransaction transaction, NewAccessToken token, string secret, long now)
    {
        var id = transaction.QuerySingle<long>(AccessTokenQueries.Insert, new
        {
            kind = (long)token.Kind,
            userId = token.UserId,
            name = token.Name,
            description = token.Description,
            hash = Credentials.HashSecret(secret),
            scopes = (long)token.Scopes,
            now,
            expiresAt = token.ExpiresAt,
            projectId = token.ProjectId,
            namespaceId = token.NamespaceId,
            accessLevel = token.AccessLevel,
            familyId = token.FamilyId,
            createdBy = token.CreatedBy,
        });
        return transaction.QuerySingle<AccessTokenRow>(AccessTokenQueries.ById, new { id });
    }

    /// <summary>What the record says of a token: it belongs to its project or group, or else to its user.</summary>
    public static AuditEvent EventOf(WriteTransaction transaction, AccessTokenRow token, AuditActor by, string action, long now, long? replaced = null)
    {
        var on = token switch
        {
            { ProjectId: { } project } => AuditEntity.Project(project, transaction.QueryFirstOrDefault<string>(ProjectQueries.PathOfProject, new { id = project }) ?? ""),
            { NamespaceId: { } group } => AuditEntity.Group(group, transaction.QueryFirstOrDefault<string>(ProjectQueries.PathOfNamespace, new { id = group }) ?? ""),
            _ => AuditEntity.User(token.UserId, transaction.QuerySingle<string>(AccessQueries.UsernameById, new { id = token.UserId })),
        };
        return new AuditEvent(now, by, action, on)
        {
            Target = new(token.KindWord, token.Id, token.Name),
            Details = new { scopes = ((TokenScopes)token.Scopes).Names(), access_level = token.AccessLevel, expires_at = token.ExpiresAt is { } at ? Clock.FromMicros(at) : (DateTimeOffset?)null, replaced },
        };
    }

    private static NewAccessToken SuccessorOf(AccessTokenRow token, Caller by, long expiresAt) =>
        new((AccessTokenKind)token.Kind, token.UserId, token.Name, token.Description, (TokenScopes)token.Scopes, expiresAt)
        {
            ProjectId = token.ProjectId,
            NamespaceId = token.NamespaceId,
            AccessLevel = token.AccessLevel,
            FamilyId = token.Family,
            CreatedBy = by.UserId,
        };
}

/// <summary>What came of the wish to replace a token.</summary>
internal enum RotateOutcome
{
    Rotated,
    NotFound,
    Revoked,
    Expired,
}

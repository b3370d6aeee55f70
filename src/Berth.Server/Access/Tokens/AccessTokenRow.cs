namespace Berth.Server.Access.Tokens;

/// <summary>Whose an access token is; the numbers stand in the database.</summary>
internal enum AccessTokenKind : long
{
    /// <summary>A person's own.</summary>
    Personal = 1,

    /// <summary>Made by an administrator, to act as a user who does not see it.</summary>
    Impersonation = 2,

    /// <summary>Of the bot of a project.</summary>
    Project = 3,

    /// <summary>Of the bot of a group.</summary>
    Group = 4,
}

/// <summary>An access token as the database has it, without its secret. Times in microseconds.</summary>
internal sealed record AccessTokenRow(
    long Id, long Kind, long UserId, string Name, string? Description, long Scopes, long CreatedAt, long? ExpiresAt, long? RevokedAt, long? LastUsedAt,
    long? ProjectId, long? NamespaceId, long? AccessLevel, long? FamilyId, long? RotatedAt)
{
    public bool IsOfBot => Kind is (long)AccessTokenKind.Project or (long)AccessTokenKind.Group;

    /// <summary>The first of the tokens that followed each other by rotation.</summary>
    public long Family => FamilyId ?? Id;

    public bool IsActive(long now) => RevokedAt is null && !(ExpiresAt <= now);

    /// <summary>How audit events name the kind.</summary>
    public string KindWord => (AccessTokenKind)Kind switch
    {
        AccessTokenKind.Personal => "personal_access_token",
        AccessTokenKind.Impersonation => "impersonation_token",
        AccessTokenKind.Project => "project_access_token",
        AccessTokenKind.Group => "group_access_token",
        _ => throw new InvalidOperationException($"No kind of access token is {Kind}."),
    };
}

/// <summary>What a token is to be; <c>FamilyId</c> is that of the token which it replaces.</summary>
internal sealed record NewAccessToken(AccessTokenKind Kind, long UserId, string Name, string? Description, TokenScopes Scopes, long? ExpiresAt)
{
    public long? ProjectId { get; init; }

    public long? NamespaceId { get; init; }

    public long? AccessLevel { get; init; }

    public long? FamilyId { get; init; }

    public long? CreatedBy { get; init; }
}

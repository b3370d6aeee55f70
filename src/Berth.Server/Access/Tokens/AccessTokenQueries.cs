namespace Berth.Server.Access.Tokens;

/// <summary>The SQL of access tokens: personal ones, those by which administrators act as others, and those of bots.</summary>
internal static class AccessTokenQueries
{
    private const string Columns = """
        id as Id, kind as Kind, user_id as UserId, name as Name, description as Description, scopes as Scopes, created_at as CreatedAt, expires_at as ExpiresAt,
        revoked_at as RevokedAt, last_used_at as LastUsedAt, project_id as ProjectId, namespace_id as NamespaceId, access_level as AccessLevel,
        family_id as FamilyId, rotated_at as RotatedAt
        """;

    /// <summary>Read on each request that an access token's token makes.</summary>
    public const string Live = """
        select t.user_id, t.scopes, t.expires_at, t.revoked_at, u.username, u.is_admin, u.state, u.kind
        from access_tokens t join users u on u.id = t.user_id where t.id = @id
        """;

    public const string BySecret = "select id as Id, last_used_at as LastUsedAt, rotated_at as RotatedAt from access_tokens where secret_hash = @hash";

    public const string ById = $"select {Columns} from access_tokens where id = @id";

    public const string Touch = "update access_tokens set last_used_at = @now where id = @id and coalesce(last_used_at, 0) <= @before";

    public const string Insert = """
        insert into access_tokens (kind, user_id, name, description, secret_hash, scopes, created_at, expires_at, project_id, namespace_id, access_level, family_id, created_by)
        values (@kind, @userId, @name, @description, @hash, @scopes, @now, @expiresAt, @projectId, @namespaceId, @accessLevel, @familyId, @createdBy) returning id
        """;

    public const string Revoke = "update access_tokens set revoked_at = @now where id = @id and revoked_at is null";

    public const string MarkRotated = "update access_tokens set revoked_at = @now, rotated_at = @now where id = @id";

    public const string AnyLiveOfFamily = "select id from access_tokens where (id = @family or family_id = @family) and revoked_at is null limit 1";

    public const string RevokeFamily = "update access_tokens set revoked_at = @now where (id = @family or family_id = @family) and revoked_at is null";

    /// <summary>The casts tell PostgreSQL the type of a parameter that is null.</summary>
    private const string Filter = """
        (cast(@revoked as bigint) is null or @revoked = case when revoked_at is null then 0 else 1 end)
            and (cast(@active as bigint) is null or @active = case when revoked_at is null and (expires_at is null or expires_at > @now) then 1 else 0 end)
            and (cast(@search as text) is null or lower(name) like @search escape '\')
            and (cast(@createdAfter as bigint) is null or created_at >= @createdAfter) and (cast(@createdBefore as bigint) is null or created_at <= @createdBefore)
            and (cast(@expiresAfter as bigint) is null or expires_at >= @expiresAfter) and (cast(@expiresBefore as bigint) is null or expires_at <= @expiresBefore)
            and (cast(@usedAfter as bigint) is null or last_used_at >= @usedAfter) and (cast(@usedBefore as bigint) is null or last_used_at <= @usedBefore)
        """;

    private const string Sorted = """
        order by case @sort when 'created_asc' then created_at when 'expires_asc' then expires_at when 'last_used_asc' then last_used_at end,
            case @sort when 'created_desc' then -created_at when 'expires_desc' then -expires_at when 'last_used_desc' then -coalesce(last_used_at, 0) end,
            case @sort when 'name_asc' then name end, case @sort when 'name_desc' then name end desc, id limit @limit offset @offset
        """;

    /// <summary>As many as a list's headers tell of.</summary>
    private const string Count = "select count(*) from (select 1 from access_tokens where";

    private const string Counted = $"and {Filter} limit @needed) as counted";

    private const string Personal = "user_id = @id and kind <> 2";

    private const string Impersonations = "user_id = @id and kind = 2";

    public const string ListOfUser = $"select {Columns} from access_tokens where {Personal} and {Filter} {Sorted}";

    public const string CountOfUser = $"{Count} {Personal} {Counted}";

    public const string ListImpersonations = $"select {Columns} from access_tokens where {Impersonations} and {Filter} {Sorted}";

    public const string CountImpersonations = $"{Count} {Impersonations} {Counted}";

    public const string ListOfProject = $"select {Columns} from access_tokens where project_id = @id and {Filter} {Sorted}";

    public const string CountOfProject = $"{Count} project_id = @id {Counted}";

    public const string ListOfNamespace = $"select {Columns} from access_tokens where namespace_id = @id and {Filter} {Sorted}";

    public const string CountOfNamespace = $"{Count} namespace_id = @id {Counted}";

    /// <summary>Everyone's: for administrators.</summary>
    public const string ListAll = $"select {Columns} from access_tokens where kind <> 2 and {Filter} {Sorted}";

    public const string CountAll = $"{Count} kind <> 2 {Counted}";
}

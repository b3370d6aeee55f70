namespace Berth.Server.Access.Tokens;

/// <summary>The SQL of bots and of their one membership.</summary>
internal static class BotQueries
{
    public const string Insert = """
        insert into users (username, username_lower, name, password_changed_at, is_admin, state, created_at, kind)
        values (@username, @username, @name, @now, 0, 1, @now, @kind) returning id
        """;

    public const string InsertMember = """
        insert into members (namespace_id, project_id, user_id, access_level, expires_at, created_by, created_at)
        values (@namespaceId, @projectId, @userId, @accessLevel, @expiresAt, @createdBy, @now)
        """;

    public const string ExtendMember = "update members set expires_at = @expiresAt where user_id = @userId";

    public const string DeleteMember = "delete from members where user_id = @userId";

    public const string Block = "update users set state = 2 where id = @userId";
}

namespace Berth.Server.Access;

/// <summary>The SQL of users, tokens and keys.</summary>
internal static class AccessQueries
{
    public const string SigningKeys = """
        select kid as Kid, private_key as PrivateKey, created_at as CreatedAt, signs_from as SignsFrom
        from signing_keys where retired_at is null or retired_at > @now order by created_at desc, kid
        """;

    public const string InsertSigningKey = "insert into signing_keys (kid, private_key, created_at, signs_from) values (@kid, @privateKey, @now, @signsFrom)";

    public const string RetireSigningKeys = "update signing_keys set retired_at = @at where retired_at is null";

    public const string DeleteRetiredSigningKeys = "delete from signing_keys where retired_at <= @now";

    public const string UserByName = """
        select id as Id, username as Username, is_admin as IsAdmin, state as State, password_hash as PasswordHash
        from users where username_lower = @username
        """;

    public const string SubjectByName = "select id as Id, username as Username, is_admin as IsAdmin, state as State from users where username_lower = @username";

    public const string UserById = """
        select id as Id, username as Username, name as Name, email as Email, is_admin as IsAdmin, state as State, created_at as CreatedAt
        from users where id = @id
        """;

    public const string UserRowByName = """
        select id as Id, username as Username, name as Name, email as Email, is_admin as IsAdmin, state as State, created_at as CreatedAt
        from users where username_lower = @username
        """;

    /// <summary>Read on each request that a password's token makes.</summary>
    public const string LiveUser = "select username, is_admin, state, password_changed_at from users where id = @id";

    /// <summary>Read on each request that an access token's token makes.</summary>
    public const string LiveToken = """
        select t.user_id, t.scopes, t.expires_at, t.revoked_at, u.username, u.is_admin, u.state
        from access_tokens t join users u on u.id = t.user_id where t.id = @id
        """;

    public const string TokenBySecret = "select id as Id, last_used_at as LastUsedAt from access_tokens where secret_hash = @hash";

    /// <summary>Read on each request that a job token's token makes.</summary>
    public const string LiveJob = """
        select j.status, j.project_id, j.user_id, u.username, u.is_admin, u.state from jobs j join users u on u.id = j.user_id where j.id = @id
        """;

    public const string JobBySecret = "select id from jobs where token_hash = @hash";

    public const string TokenById = """
        select id as Id, user_id as UserId, name as Name, scopes as Scopes, created_at as CreatedAt, expires_at as ExpiresAt,
            revoked_at as RevokedAt, last_used_at as LastUsedAt
        from access_tokens where id = @id
        """;

    public const string TouchToken = "update access_tokens set last_used_at = @now where id = @id";

    public const string InsertToken = """
        insert into access_tokens (kind, user_id, name, secret_hash, scopes, created_at, expires_at)
        values (1, @userId, @name, @hash, @scopes, @now, @expiresAt) returning id
        """;

    public const string RevokeToken = "update access_tokens set revoked_at = @now where id = @id and revoked_at is null";

    public const string InsertUser = """
        insert into users (username, username_lower, name, email, password_hash, password_changed_at, is_admin, state, created_at)
        values (@username, @lower, @name, @email, @hash, @now, @isAdmin, 1, @now) returning id
        """;

    public const string SetPassword = "update users set password_hash = @hash, password_changed_at = @now where id = @id";

    public const string InsertSession = "insert into sessions (secret_hash, user_id, created_at, expires_at) values (@hash, @user, @now, @expires)";

    public const string SessionBySecret = """
        select s.user_id as UserId, s.created_at as CreatedAt, s.expires_at as ExpiresAt, u.username as Username, u.is_admin as IsAdmin, u.state as State,
            u.password_changed_at as PasswordChangedAt
        from sessions s join users u on u.id = s.user_id where s.secret_hash = @hash
        """;

    public const string DeleteSession = "delete from sessions where secret_hash = @hash";

    /// <summary>Sessions that count no more: past their time, or older than the password.</summary>
    public const string DeleteDeadSessions = """
        delete from sessions where user_id = @user and (expires_at <= @now or created_at < (select password_changed_at from users where id = @user))
        """;

    public const string NoteSignIn = "update users set signed_in_at = @now where id = @user";

    public const string SignedInAt = "select signed_in_at from users where username_lower = @username";

    public const string UserIdByName = "select id from users where username_lower = @username";

    public const string AnyUser = "select id from users limit 1";

    public const string RightsVersion = "select value from counters where name = 'rights'";

    public const string BumpRights = "update counters set value = value + 1 where name = 'rights'";
}

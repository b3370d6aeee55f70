
namespace Berth.Server.Access;

/// <summary>The SQL of users, sessions, jobs' credentials and keys.</summary>
internal static class AccessQueries
{
    public const string SigningKeys = """
        select kid as Kid, private_key as PrivateKey, created_at as CreatedAt, signs_from as SignsFrom
        from signing_keys where retired_at is null or retired_at > @now order by created_at desc, kid
        """;

    public const string InsertSigningKey = "insert into signing_keys (kid, private_key, created_at, signs_from) values (@kid, @privateKey, @now, @signsFrom)";

    public const string RetireSigningKeys = "update signing_keys set retired_at = @at where retired_at is null";

    public const string DeleteRetiredSigningKeys = "delete from signing_keys where retired_at <= @now";

    /// <summary>People alone: bots do not sign in.</summary>
    public const string UserByName = """
        select id as Id, username as Username, is_admin as IsAdmin, state as State, password_hash as PasswordHash
        from users where username_lower = @username and kind = 1
        """;

    public const string SubjectByName = "select id as Id, username as Username, is_admin as IsAdmin, state as State from users where username_lower = @username";

    /// <summary>Read on each request that a password's token makes.</summary>
    public const string LiveUser = "select username, is_admin, state, password_changed_at from users where id = @id";

    /// <summary>Read on each request that a job token's token makes. A row for each project that lets the job's project in.</summary>
    public const string LiveJob = """
        select j.status, j.project_id, j.user_id, u.username, u.is_admin, u.state, a.project_id as host_id
        from jobs j join users u on u.id = j.user_id left join job_token_allowlist a on a.allowed_project_id = j.project_id where j.id = @id
        """;

    public const string JobBySecret = "select id from jobs where token_hash = @hash";

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

    public const string UsernameById = "select username from users where id = @id";

    public const string AnyUser = "select id from users limit 1";

    public const string RightsVersion = "select value from counters where name = 'rights'";

    public const string BumpRights = "update counters set value = value + 1 where name = 'rights'";
}

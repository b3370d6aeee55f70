namespace Berth.Server.Access.Accounts;

/// <summary>The SQL that lists, changes and ends users.</summary>
internal static class UserQueries
{
    private const string Columns = """
        u.id as Id, u.username as Username, u.name as Name, u.email as Email, u.is_admin as IsAdmin, u.state as State, u.kind as Kind, u.created_at as CreatedAt,
            u.signed_in_at as SignedInAt, (select n.id from namespaces n where n.owner_id = u.id) as NamespaceId
        """;

    /// <summary>Deleted ones too, for what names them.</summary>
    public const string ById = $"select {Columns} from users u where u.id = @id";

    public const string ByName = $"select {Columns} from users u where u.username_lower = @username";

    public const string ByIds = $"select {Columns} from users u where u.id in @ids";

    /// <summary>0 and '' ask for all. Costs what there are users: GitLab's list of them is everyone's.</summary>
    public const string List = """
        select u.id from users u
        where u.id > 0 and u.state <> 3 and (@state = 0 or u.state = @state) and (@without = 0 or u.state <> @without) and (@kind = 0 or u.kind = @kind)
            and (@adminsOnly = 0 or u.is_admin = 1) and u.created_at > @after and u.created_at < @before
            and (@pattern = '' or u.username_lower like @pattern escape '\' or lower(u.name) like @pattern escape '\' or (@emails = 1 and lower(u.email) like @pattern escape '\'))
        order by case when @order = 'name' and @descending = 0 then lower(u.name) end, case when @order = 'name' and @descending = 1 then lower(u.name) end desc,
            case when @order = 'username' and @descending = 0 then u.username_lower end, case when @order = 'username' and @descending = 1 then u.username_lower end desc,
            case when @descending = 1 then u.id end desc, u.id
        limit @limit
        """;

    public const string Update = "update users set name = @name, email = @email, is_admin = @isAdmin where id = @id";

    public const string SetState = "update users set state = @state where id = @id";

    public const string IsActiveAdmin = "select id from users where id = @id and is_admin = 1 and state = 1";

    /// <summary>The name is free from now on; it is kept where what the user did is shown, but nobody finds the row by it.</summary>
    public const string MarkDeleted = """
        update users set state = 3, username_lower = '?' || cast(id as text), name = username, email = null, password_hash = null, is_admin = 0, password_changed_at = @now
        where id = @id
        """;

    public const string NamespaceOf = "select id from namespaces where owner_id = @id";

    public const string AnyProjectOf = "select p.id from namespaces n join projects p on p.namespace_id = n.id where n.owner_id = @id and p.deleted_at is null limit 1";

    public const string GroupsOwnedBy = "select namespace_id from members where user_id = @id and namespace_id is not null and access_level = 50 order by namespace_id";

    /// <summary>The path of a group that would have no Owner without a user, of those that have not ended.</summary>
    public const string OwnedAlone = """
        select r.path from members m join routes r on r.namespace_id = m.namespace_id
        where m.user_id = @id and m.namespace_id is not null and m.access_level = 50 and not exists (
            select 1 from namespace_ancestors a join members o on o.namespace_id = a.ancestor_id join users u on u.id = o.user_id
            where a.namespace_id = m.namespace_id and o.access_level = 50 and o.expires_at is null and u.state = 1 and u.kind = 1 and o.user_id <> @id)
        order by r.path limit 1
        """;

    public const string DeleteMemberships = "delete from members where user_id = @id";

    public const string DeleteSessions = "delete from sessions where user_id = @id";

    public const string RevokeTokens = "update access_tokens set revoked_at = @now where user_id = @id and revoked_at is null";

    public const string DeleteRoute = "delete from routes where namespace_id = @space";

    public const string MarkNamespaceDeleted = "update namespaces set deleted_at = @now where id = @space";
}

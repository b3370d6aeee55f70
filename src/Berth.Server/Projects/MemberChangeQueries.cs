namespace Berth.Server.Projects;

/// <summary>The SQL that lists and changes members. A place is a group (@space) or a project; the other is null.</summary>
internal static class MemberChangeQueries
{
    private const string Columns = """
        m.id as Id, m.user_id as UserId, u.username as Username, u.name as Name, u.state as State, m.access_level as Level, m.expires_at as ExpiresAt, m.created_at as CreatedAt,
            (select r.path from routes r where r.namespace_id = m.namespace_id) as GroupPath
        """;

    private const string Living = "(m.expires_at is null or m.expires_at > @now) and (@pattern = '' or u.username_lower like @pattern escape '\\' or lower(u.name) like @pattern escape '\\')";

    private const string OfUser = "(@user = 0 or m.user_id = @user)";

    public const string Insert = """
        insert into members (namespace_id, project_id, user_id, access_level, expires_at, created_by, created_at)
        values (@space, @project, @user, @level, @expiresAt, @by, @now)
        """;

    public const string Update = "update members set access_level = @level, expires_at = @expiresAt where id = @id";

    /// <summary>A membership that has expired begins anew.</summary>
    public const string Renew = "update members set access_level = @level, expires_at = @expiresAt, created_by = @by, created_at = @now where id = @id";

    public const string Delete = "delete from members where id = @id";

    public const string InGroup = $"select {Columns} from members m join users u on u.id = m.user_id where m.namespace_id = @space and m.user_id = @user";

    public const string InProject = $"select {Columns} from members m join users u on u.id = m.user_id where m.project_id = @project and m.user_id = @user";

    public const string ListOfGroup = $"""
        select {Columns} from members m join users u on u.id = m.user_id where m.namespace_id = @space and {OfUser} and {Living} order by m.id limit @limit
        """;

    public const string ListOfProject = $"""
        select {Columns} from members m join users u on u.id = m.user_id where m.project_id = @project and {OfUser} and {Living} order by m.id limit @limit
        """;

    /// <summary>With those of the groups above: of each user the membership that counts comes first.</summary>
    public const string ListOfGroupAndAbove = $"""
        select {Columns} from namespace_ancestors a join members m on m.namespace_id = a.ancestor_id join users u on u.id = m.user_id
        where a.namespace_id = @space and {OfUser} and {Living} order by m.user_id, m.access_level desc, coalesce(m.expires_at, 9223372036854775807) desc limit @limit
        """;

    /// <summary>With those of the groups above: of each user the membership that counts comes first.</summary>
    public const string ListOfProjectAndAbove = $"""
        select {Columns} from members m join users u on u.id = m.user_id where m.id in (
            select d.id from members d where d.project_id = @project
            union all
            select i.id from namespace_ancestors a join members i on i.namespace_id = a.ancestor_id where a.namespace_id = @space)
            and {OfUser} and {Living} order by m.user_id, m.access_level desc, coalesce(m.expires_at, 9223372036854775807) desc limit @limit
        """;

    /// <summary>An owner of a group, there or above, who stays when one membership goes.</summary>
    public const string OtherOwner = """
        select m.user_id from namespace_ancestors a join members m on m.namespace_id = a.ancestor_id join users u on u.id = m.user_id
        where a.namespace_id = @space and m.access_level = 50 and m.expires_at is null and u.state = 1 and m.id <> @id
        limit 1
        """;
}

namespace Berth.Server.Projects;

/// <summary>The SQL that lists and changes members. A place is a group (@space) or a project; the other is null.</summary>
internal static class MemberChangeQueries
{
    private const string Columns = """
        m.id as Id, m.user_id as UserId, u.username as Username, u.name as Name, u.state as State, m.access_level as Level, m.expires_at as ExpiresAt, m.created_at as CreatedAt,
            (select r.path from routes r where r.namespace_id = m.namespace_id) as GroupPath
        """;

    private const string Living = "(m.expires_at is null or m.expires_at > @now) and (@user = 0 or m.user_id = @user)";

    private const string Named = "(@pattern = '' or u.username_lower like @pattern escape '\\' or lower(u.name) like @pattern escape '\\')";

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

    private const string OfGroup = $"from members m join users u on u.id = m.user_id where m.namespace_id = @space and {Living} and {Named}";

    private const string OfProject = $"from members m join users u on u.id = m.user_id where m.project_id = @project and {Living} and {Named}";

    /// <summary>Memberships of a group and of those above it; <c>own</c>: not from above.</summary>
    private const string GroupAndAbove = $"""
        select m.id, m.user_id, m.access_level, m.expires_at, case when m.namespace_id = @space then 1 else 0 end as own
            from namespace_ancestors a join members m on m.namespace_id = a.ancestor_id where a.namespace_id = @space and {Living}
        """;

    private const string ProjectAndAbove = $"""
        select m.id, m.user_id, m.access_level, m.expires_at, 1 as own from members m where m.project_id = @project and {Living}
        union all
        select m.id, m.user_id, m.access_level, m.expires_at, 0 as own
            from namespace_ancestors a join members m on m.namespace_id = a.ancestor_id where a.namespace_id = @space and {Living}
        """;

    private const string Ranked = """
        select id, own, row_number() over (partition by user_id order by access_level desc, coalesce(expires_at, 9223372036854775807) desc, own desc) as place
        """;

    /// <summary>Of each user the membership that counts; with @own also those of the place itself, which come first then.</summary>
    private const string Effective = $"""
        as ranked join members m on m.id = ranked.id join users u on u.id = m.user_id
        where (ranked.place = 1 or ranked.own = @own) and {Named}
        """;

    private const string Page = "order by case when ranked.own = @own then 0 else 1 end, m.user_id, m.id limit @limit offset @offset";

    public const string ListOfGroup = $"select {Columns} {OfGroup} order by m.id limit @limit offset @offset";

    public const string CountOfGroup = $"select count(*) from (select 1 {OfGroup} limit @needed) as counted";

    public const string ListOfProject = $"select {Columns} {OfProject} order by m.id limit @limit offset @offset";

    public const string CountOfProject = $"select count(*) from (select 1 {OfProject} limit @needed) as counted";

    public const string ListOfGroupAndAbove = $"select {Columns} from ({Ranked} from ({GroupAndAbove}) as every) {Effective} {Page}";

    public const string CountOfGroupAndAbove = $"select count(*) from (select 1 from ({Ranked} from ({GroupAndAbove}) as every) {Effective} limit @needed) as counted";

    public const string ListOfProjectAndAbove = $"select {Columns} from ({Ranked} from ({ProjectAndAbove}) as every) {Effective} {Page}";

    public const string CountOfProjectAndAbove = $"select count(*) from (select 1 from ({Ranked} from ({ProjectAndAbove}) as every) {Effective} limit @needed) as counted";

    /// <summary>An owner of a group, there or above, who stays when one membership goes.</summary>
    public const string OtherOwner = """
        select m.user_id from namespace_ancestors a join members m on m.namespace_id = a.ancestor_id join users u on u.id = m.user_id
        where a.namespace_id = @space and m.access_level = 50 and m.expires_at is null and u.state = 1 and m.id <> @id
        limit 1
        """;
}

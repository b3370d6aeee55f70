namespace Berth.Server.Access.Places;

/// <summary>The SQL that decisions need of members.</summary>
internal static class MemberQueries
{
    /// <summary>Each membership that gives a user a role in a project, or with no project in a namespace, expired ones included.</summary>
    public const string RolesOfUser = """
        select m.access_level as Level, m.expires_at as ExpiresAt from members m where m.project_id = @project and m.user_id = @user
        union all
        select m.access_level, m.expires_at from namespace_ancestors a join members m on m.namespace_id = a.ancestor_id and m.user_id = @user
        where a.namespace_id = @space
        """;

    /// <summary>The same for a project and for a namespace beside it at once: SpaceId tells them apart.</summary>
    public const string RolesOfUserInEither = """
        select m.namespace_id as SpaceId, m.access_level as Level, m.expires_at as ExpiresAt from members m where m.project_id = @project and m.user_id = @user
        union all
        select a.namespace_id, m.access_level, m.expires_at from namespace_ancestors a join members m on m.namespace_id = a.ancestor_id and m.user_id = @user
        where a.namespace_id in (@space, @place)
        """;

    /// <summary>The paths that a user's memberships open, with the roles: of groups, of projects, and of the user's own namespace.</summary>
    public const string PathsOfUser = """
        select r.path_lower as PathLower, cast(0 as bigint) as IsProject, m.access_level as Level from members m join routes r on r.namespace_id = m.namespace_id
        where m.user_id = @user and m.namespace_id is not null and (m.expires_at is null or m.expires_at > @now)
        union all
        select r.path_lower, cast(1 as bigint), m.access_level from members m join routes r on r.project_id = m.project_id
        where m.user_id = @user and m.project_id is not null and (m.expires_at is null or m.expires_at > @now)
        union all
        select r.path_lower, cast(0 as bigint), cast(50 as bigint) from namespaces n join routes r on r.namespace_id = n.id where n.owner_id = @user
        """;
}

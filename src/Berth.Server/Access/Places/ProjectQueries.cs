namespace Berth.Server.Access.Places;

/// <summary>The SQL of namespaces, projects and their paths.</summary>
internal static class ProjectQueries
{
    /// <summary>
    /// What stands at some paths: namespaces with the user who owns them, projects with what decisions need; and projects that stood
    /// there and can still be found by it. Of these the path is another than the one it was found by.
    /// </summary>
    public const string RoutesByPath = """
        select r.path_lower as PathLower, r.path as Path, r.namespace_id as NamespaceId, n.owner_id as NamespaceOwnerId,
            n.visibility as NamespaceVisibility, n.push_creates_projects as PushCreatesProjects, p.id as ProjectId, p.namespace_id as ProjectNamespaceId, pn.owner_id as ProjectOwnerId,
            p.visibility as Visibility, p.registry_access as RegistryAccess, p.trash_days as TrashDays, p.sparse_manifests as SparseManifests, p.job_token_limited as JobTokenLimited
        from routes r
        left join namespaces n on n.id = r.namespace_id
        left join projects p on p.id = r.project_id and p.deleted_at is null
        left join namespaces pn on pn.id = p.namespace_id
        where r.path_lower in @paths
        union all
        select a.path_lower, r.path, null, null, null, null, p.id, p.namespace_id, pn.owner_id,
            p.visibility, p.registry_access, p.trash_days, p.sparse_manifests, p.job_token_limited
        from route_aliases a
        join projects p on p.id = a.project_id and p.deleted_at is null
        join routes r on r.project_id = p.id
        join namespaces pn on pn.id = p.namespace_id
        where a.path_lower in @paths and a.until > @now
        """;

    public const string RouteExists = "select path from routes where path_lower = @path";

    public const string RouteOfNamespace = "select path from routes where namespace_id = @id";

    public const string LockNamespace = "select id from namespaces where id = @id";

    public const string InsertNamespace = """
        insert into namespaces (kind, owner_id, parent_id, path, name, description, visibility, project_creation, push_creates_projects, created_at)
        values (@kind, @ownerId, @parentId, @path, @name, @description, @visibility, @projectCreation, @pushCreatesProjects, @now) returning id
        """;

    /// <summary>A new namespace's own row, and one for each group it is under.</summary>
    public const string InsertAncestors = """
        insert into namespace_ancestors (namespace_id, ancestor_id)
        select n.id, a.ancestor_id from namespaces n join namespace_ancestors a on a.namespace_id = n.parent_id where n.id = @id
        union all select n.id, n.id from namespaces n where n.id = @id
        """;

    public const string InsertRoute = "insert into routes (path_lower, path, namespace_id, project_id, visibility) values (@lower, @path, @namespaceId, @projectId, @visibility) on conflict (path_lower) do nothing";

    public const string InsertProject = """
        insert into projects (namespace_id, path, name, description, visibility, registry_access, trash_days, created_by, created_at)
        values (@namespaceId, @path, @name, @description, @visibility, @registryAccess, @trashDays, @createdBy, @now) returning id
        """;

    private const string ProjectColumns = """
        p.id as Id, p.namespace_id as NamespaceId, p.path as Path, p.name as Name, r.path as FullPath, n.owner_id as NamespaceOwnerId,
            p.visibility as Visibility, p.registry_access as RegistryAccess, p.trash_days as TrashDays, p.created_at as CreatedAt,
            p.sparse_manifests as SparseManifests, p.description as Description
        """;

    public const string ProjectById = $"""
        select {ProjectColumns}
        from projects p
        join routes r on r.project_id = p.id
        join namespaces n on n.id = p.namespace_id
        where p.id = @id and p.deleted_at is null
        """;

    /// <summary>The project of a repository, deleted ones too: what was deleted can be restored.</summary>
    public const string ProjectOfRepository = $"""
        select {ProjectColumns}
        from repositories i
        join projects p on p.id = i.project_id and p.deleted_at is null
        join routes r on r.project_id = p.id
        join namespaces n on n.id = p.namespace_id
        where i.id = @repository
        """;

    /// <summary>A deleted project that is kept still; its path is where it would be now.</summary>
    public const string DeletedProject = """
        select p.id as Id, p.namespace_id as NamespaceId, p.path as Path, p.name as Name, r.path || '/' || p.path as FullPath, n.owner_id as NamespaceOwnerId,
            p.visibility as Visibility, p.registry_access as RegistryAccess, p.trash_days as TrashDays, p.created_at as CreatedAt,
            p.sparse_manifests as SparseManifests, p.description as Description
        from projects p
        join routes r on r.namespace_id = p.namespace_id
        join namespaces n on n.id = p.namespace_id
        where p.id = @id and p.deleted_at is not null and p.keep_until > @now
        """;

    public const string PathOfProject = "select path from routes where project_id = @id";

    public const string PathOfNamespace = "select path from routes where namespace_id = @id";

    /// <summary>The project at a path, or one that was there and can still be found by it.</summary>
    public const string ProjectByPath = $"""
        select {ProjectColumns}
        from (
            select project_id from routes where path_lower = @path
            union all
            select project_id from route_aliases where path_lower = @path and until > @now) found
        join projects p on p.id = found.project_id
        join routes r on r.project_id = p.id
        join namespaces n on n.id = p.namespace_id
        where p.deleted_at is null
        """;

    public const string ProjectIdByPath = "select project_id from routes where path_lower = @path";

    public const string SetVisibility = "update projects set visibility = @visibility where id = @id";

    public const string SetRouteVisibility = "update routes set visibility = @visibility where project_id = @id";

    public const string SetRegistryAccess = "update projects set registry_access = @registryAccess where id = @id";

    public const string SetText = "update projects set name = @name, description = @description where id = @id";

    public const string MarkDeleted = "update projects set deleted_at = @now, keep_until = @keepUntil, deleted_by = @user where id = @id";

    public const string DeleteRoute = "delete from routes where project_id = @id";

    /// <summary>A deleted project's images stand in no list of names; those who restore it write the names anew.</summary>
    public const string HideRepositories = "update repositories set image_name = '', open_to = 0 where project_id = @id";

    public const string SetSparseManifests = "update projects set sparse_manifests = @sparse where id = @id";

    /// <summary>Who may pull without a role: those who see the project, if its registry is for everyone.</summary>
    private const string OpenTo = "case p.registry_access when 20 then p.visibility else 0 end";

    /// <summary>After a change of visibility or of who may use the registry.</summary>
    public const string SetOpenness = $"""
        update repositories set open_to = (select {OpenTo} from projects p where p.id = repositories.project_id) where project_id = @id
        """;

    public const string LockProject = "select id from projects where id = @id";

    public const string NamespaceById = """
        select n.id as Id, n.owner_id as OwnerId, r.path as Path, n.visibility as Visibility, n.project_creation as ProjectCreation
        from namespaces n join routes r on r.namespace_id = n.id where n.id = @id and n.deleted_at is null
        """;

    public const string NamespaceOfUser = """
        select n.id as Id, n.owner_id as OwnerId, r.path as Path, n.visibility as Visibility, n.project_creation as ProjectCreation
        from namespaces n join routes r on r.namespace_id = n.id where n.owner_id = @userId
        """;

    public const string FindRepository = "select id from repositories where project_id = @projectId and name = @name and deleted_at is null";

    /// <summary>
    /// The project's row is locked before: what is copied from it here must not change meanwhile. A deleted repository does not have its
    /// name any more, so nothing of it comes back by a push.
    /// </summary>
    public const string EnsureRepository = $"""
        insert into repositories (project_id, name, created_at, image_name, open_to)
        select p.id, @name, @now, r.path_lower || @suffix, {OpenTo} from projects p join routes r on r.project_id = p.id where p.id = @projectId
        on conflict (project_id, name) do update set image_name = excluded.image_name, open_to = excluded.open_to
        returning id
        """;
}

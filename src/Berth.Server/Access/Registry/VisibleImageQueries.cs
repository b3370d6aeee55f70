namespace Berth.Server.Access.Registry;

/// <summary>
/// The SQL of the images that a caller may pull. Each reads one way in which images are open to a caller, in byte order and between two
/// names, so that a page costs what it holds, however many images there are that the caller may not see.
/// </summary>
internal static class VisibleImageQueries
{
    /// <summary>Who may pull them is decided on these rows again.</summary>
    private const string Rows = """
        select x.id as RepositoryId, x.image_name as ImageName, p.id as ProjectId, r.path as ProjectPath, p.namespace_id as NamespaceId, n.owner_id as NamespaceOwnerId,
            p.visibility as Visibility, p.registry_access as RegistryAccess
        from repositories x
        join projects p on p.id = x.project_id
        join routes r on r.project_id = p.id
        join namespaces n on n.id = p.namespace_id
        """;

    /// <summary>Those that a manifest was pushed to.</summary>
    private const string Images = $"""
        {Rows}
        where x.deleted_at is null and p.deleted_at is null and x.image_name > @last and x.image_name < @end
            and exists (select 1 from manifests a where a.repository_id = x.id) and (@tagged = 0 or exists (
            select 1 from tags t join manifests m on m.repository_id = t.repository_id and m.digest = t.digest and m.deleted_at is null where t.repository_id = x.id))
        """;

    public const string All = $"{Images} order by x.image_name limit @limit";

    public const string OpenTo = $"{Images} and x.open_to = @openTo order by x.image_name limit @limit";

    public const string OfProject = $"{Images} and x.project_id = @project order by x.image_name limit @limit";

    /// <summary>Whoever they belong to.</summary>
    public const string ByIds = $"{Rows} where x.id in @ids and x.deleted_at is null and p.deleted_at is null";
}

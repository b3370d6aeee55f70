namespace Berth.Server.Distribution;

/// <summary>The SQL that finds from where a blob could be mounted.</summary>
internal static class MountQueries
{
    public const string HolderInProject = """
        select r.image_name from repositories r
        where r.project_id = @project and r.deleted_at is null
            and exists (select 1 from repository_blobs l where l.repository_id = r.id and l.digest = @digest and l.deleted_at is null)
        limit 1
        """;

    /// <summary>Repositories that have the blob, whoever they belong to.</summary>
    public const string Holders = "select repository_id from repository_blobs where digest = @digest and deleted_at is null order by repository_id limit @limit";

    /// <summary>Those of some repositories that may be open to a caller, for the decision to look at.</summary>
    public const string OpenHolders = """
        select image_name from repositories
        where id in @ids and deleted_at is null and (@all = 1 or open_to >= @least or (image_name > @from and image_name < @end)
            or exists (select 1 from members m where m.project_id = repositories.project_id and m.user_id = @user)
            or exists (
                select 1 from projects p join namespace_ancestors a on a.namespace_id = p.namespace_id
                join members m on m.namespace_id = a.ancestor_id and m.user_id = @user
                where p.id = repositories.project_id))
        limit @limit
        """;
}

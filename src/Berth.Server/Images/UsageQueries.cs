namespace Berth.Server.Images;

/// <summary>The SQL of how much images hold.</summary>
internal static class UsageQueries
{
    public const string OfProject = $"""
        select {ImageSize.OfProject} as Size, p.shared_size as SharedSize,
            cast(coalesce((select sum(q.bytes) from quota_deltas q where q.project_id = p.id), 0) as bigint) as Uncounted
        from projects p where p.id = @project
        """;

    public const string DaysOfProject = "select day as Day, bytes as Bytes from usage_days where project_id = @project and day >= @from order by day";

    /// <summary>Below a group, itself included; costs what it has of projects.</summary>
    private const string InGroup = "from namespace_ancestors a join projects p on p.namespace_id = a.namespace_id where a.ancestor_id = @group and p.deleted_at is null";

    public const string OfGroup = $"""
        select cast(coalesce(sum({ImageSize.OfProject}), 0) as bigint) as Size, cast(coalesce(sum(p.shared_size), 0) as bigint) as SharedSize,
            cast(coalesce(sum((select sum(q.bytes) from quota_deltas q where q.project_id = p.id)), 0) as bigint) as Uncounted
        {InGroup}
        """;

    public const string DaysOfGroup = """
        select d.day as Day, cast(sum(d.bytes) as bigint) as Bytes
        from namespace_ancestors a join projects p on p.namespace_id = a.namespace_id join usage_days d on d.project_id = p.id and d.day >= @from
        where a.ancestor_id = @group and p.deleted_at is null group by d.day order by d.day
        """;

    public const string LargestOfGroup = $"""
        select p.id as Id, (select path from routes where project_id = p.id) as Path, {ImageSize.OfProject} as Size, p.shared_size as SharedSize
        {InGroup} order by p.image_size desc, p.id limit @limit
        """;
}

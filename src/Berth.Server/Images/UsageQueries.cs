namespace Berth.Server.Images;

/// <summary>The SQL of how much images hold.</summary>
internal static class UsageQueries
{
    public const string OfProject = $"""
        with held as materialized (select {ImageSize.OfProject} as size, p.shared_size from projects p where p.id = @project),
        changes as (
            {NoChange}
            union all select day, bytes from usage_days where project_id = @project and day >= @from
            union all select at / @dayLength, bytes from quota_deltas where project_id = @project)
        {ByDay}
        """;

    /// <summary>Below a group, itself included; costs what it has of projects.</summary>
    private const string InGroup = "from namespace_ancestors a join projects p on p.namespace_id = a.namespace_id and a.ancestor_id = @group and p.deleted_at is null";

    public const string OfGroup = $"""
        with held as materialized (select coalesce(sum({ImageSize.OfProject}), 0) as size, coalesce(sum(p.shared_size), 0) as shared_size {InGroup}),
        changes as (
            {NoChange}
            union all select d.day, d.bytes {InGroup} join usage_days d on d.project_id = p.id and d.day >= @from
            union all select q.at / @dayLength, q.bytes {InGroup} join quota_deltas q on q.project_id = p.id)
        {ByDay}
        """;

    /// <summary>So that what is held is told without a change too.</summary>
    private const string NoChange = "select cast(0 as bigint) as day, cast(0 as bigint) as bytes";

    /// <summary>
    /// What is held, once for each day. One statement with the deltas and the days that they are added to: between two,
    /// <see cref="UsageCounter"/> would move some from the one to the other.
    /// </summary>
    private const string ByDay = """
        select cast(held.size as bigint) as Size, cast(held.shared_size as bigint) as SharedSize, changes.day as Day, cast(sum(changes.bytes) as bigint) as Bytes
        from held cross join changes group by held.size, held.shared_size, changes.day
        """;

    public const string LargestOfGroup = $"""
        select p.id as Id, (select path from routes where project_id = p.id) as Path, {ImageSize.OfProject} as Size, p.shared_size as SharedSize
        {InGroup} order by p.image_size desc, p.id limit @limit
        """;
}

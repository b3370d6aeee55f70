namespace Berth.Server.Images;

/// <summary>The SQL of how much images hold.</summary>
internal static class UsageQueries
{
    public const string OfProject = $"""
        with held as materialized (select {ImageSize.OfProject} as size, p.shared_size from projects p where p.id = @project),
        changes as (
            select day, bytes from usage_days where project_id = @project and day >= @from
            union all select at / @dayLength, bytes from quota_deltas where project_id = @project)
        {ByDay}
        """;

    /// <summary>Below a group, itself included; costs what it has of projects.</summary>
    private const string InGroup = "from namespace_ancestors a join projects p on p.namespace_id = a.namespace_id where a.ancestor_id = @group and p.deleted_at is null";

    public const string OfGroup = $"""
        with within as materialized (select p.id, {ImageSize.OfProject} as size, p.shared_size {InGroup}),
        held as materialized (select coalesce(sum(size), 0) as size, coalesce(sum(shared_size), 0) as shared_size from within),
        changes as (
            select d.day, d.bytes from within w join usage_days d on d.project_id = w.id and d.day >= @from
            union all select q.at / @dayLength, q.bytes from within w join quota_deltas q on q.project_id = w.id)
        {ByDay}
        """;

    /// <summary>
    /// What is held, once for each day that changed it, or on day 0 alone. One statement with the deltas and the days that they are
    /// added to: between two, <see cref="UsageCounter"/> would move some from the one to the other.
    /// </summary>
    private const string ByDay = """
        select cast(h.size as bigint) as Size, cast(h.shared_size as bigint) as SharedSize,
            cast(coalesce(c.day, 0) as bigint) as Day, cast(coalesce(sum(c.bytes), 0) as bigint) as Bytes
        from held h left join changes c on 1 = 1 group by h.size, h.shared_size, c.day
        """;

    public const string LargestOfGroup = $"""
        select p.id as Id, (select path from routes where project_id = p.id) as Path, {ImageSize.OfProject} as Size, p.shared_size as SharedSize
        {InGroup} order by p.image_size desc, p.id limit @limit
        """;
}

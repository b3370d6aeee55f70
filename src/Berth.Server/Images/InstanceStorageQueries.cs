namespace Berth.Server.Images;

/// <summary>The SQL of what the whole instance holds.</summary>
internal static class InstanceStorageQueries
{
    /// <summary>Reads every blob's row: not for a request.</summary>
    public const string CountBlobs = "select count(*) as Blobs, cast(coalesce(sum(size), 0) as bigint) as Bytes from blobs where state = 1";

    public const string Largest = $"""
        select p.id as Id, (select path from routes where project_id = p.id) as Path, {ImageSize.OfProject} as Size, p.shared_size as SharedSize
        from projects p where p.deleted_at is null and p.image_size > 0 order by p.image_size desc, p.id limit @limit
        """;
}

using Berth.Server.Database;

namespace Berth.Server.Access.Places;

/// <summary>Reads groups by what a URL names them with.</summary>
internal sealed class GroupRows(MetadataDatabase database, TimeProvider time)
{
    /// <summary>
    /// A group by its number or full path, also by one that it left (<see cref="GroupRow.FullPath"/> is another then), whoever asks: the
    /// caller decides. One query, found or not.
    /// </summary>
    public async Task<GroupRow?> Find(string idOrPath, CancellationToken cancellationToken)
    {
        // No path holds a NUL, and PostgreSQL takes none to look for.
        if (idOrPath.Contains('\0', StringComparison.Ordinal))
            return null;
        await using var connection = await database.OpenRead(cancellationToken);
        return long.TryParse(idOrPath, out var id)
            ? await connection.QueryFirstOrDefault<GroupRow>(GroupQueries.ById, new { id }, cancellationToken)
            : await connection.QueryFirstOrDefault<GroupRow>(GroupQueries.ByPath, new { path = idOrPath.ToLowerInvariant(), now = time.Micros() }, cancellationToken);
    }

    /// <summary>A group or a user's namespace by its full path, or one that it left, whoever asks: the caller decides.</summary>
    public async Task<PlaceRow?> FindPlace(string path, CancellationToken cancellationToken)
    {
        if (path.Contains('\0', StringComparison.Ordinal))
            return null;
        await using var connection = await database.OpenRead(cancellationToken);
        return await connection.QueryFirstOrDefault<PlaceRow>(GroupQueries.PlaceByPath, new { path = path.ToLowerInvariant(), now = time.Micros() }, cancellationToken);
    }
}

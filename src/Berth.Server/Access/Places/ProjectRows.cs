using System.Globalization;
using Berth.Server.Database;

namespace Berth.Server.Access.Places;

/// <summary>Reads projects by what a URL names them with.</summary>
internal sealed class ProjectRows(MetadataDatabase database, TimeProvider time)
{
    /// <summary>
    /// A project by its number or full path, also by one that it left (<see cref="ProjectRow.FullPath"/> is another then), whoever asks:
    /// the caller decides. One query, found or not.
    /// </summary>
    public async Task<ProjectRow?> Find(string idOrPath, CancellationToken cancellationToken)
    {
        if (!long.TryParse(idOrPath, out var id))
            return await FindByPath(idOrPath, cancellationToken);
        await using var connection = await database.OpenRead(cancellationToken);
        return await connection.QueryFirstOrDefault<ProjectRow>(ProjectQueries.ProjectById, new { id }, cancellationToken);
    }

    /// <summary>A deleted project by its number, as long as it is kept, whoever asks: the caller decides. It has no path any more.</summary>
    public async Task<ProjectRow?> FindDeleted(string number, CancellationToken cancellationToken)
    {
        if (!long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var id))
            return null;
        await using var connection = await database.OpenRead(cancellationToken);
        return await connection.QueryFirstOrDefault<ProjectRow>(ProjectQueries.DeletedProject, new { id, now = time.Micros() }, cancellationToken);
    }

    /// <summary>The project whose repository has this number, whoever asks: the caller decides.</summary>
    public async Task<ProjectRow?> FindByRepository(string id, CancellationToken cancellationToken)
    {
        if (!long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var repository))
            return null;
        await using var connection = await database.OpenRead(cancellationToken);
        return await connection.QueryFirstOrDefault<ProjectRow>(ProjectQueries.ProjectOfRepository, new { repository }, cancellationToken);
    }

    /// <summary>A project by its full path, or one that it left, whoever asks: the caller decides.</summary>
    public async Task<ProjectRow?> FindByPath(string path, CancellationToken cancellationToken)
    {
        // No path holds a NUL, and PostgreSQL takes none to look for.
        if (path.Contains('\0', StringComparison.Ordinal))
            return null;
        await using var connection = await database.OpenRead(cancellationToken);
        return await connection.QueryFirstOrDefault<ProjectRow>(ProjectQueries.ProjectByPath, new { path = path.ToLowerInvariant(), now = time.Micros() }, cancellationToken);
    }
}

using Berth.Server.Access;
using Berth.Server.Access.Places;
using Berth.Server.Database;

namespace Berth.Server.Projects;

/// <summary>What is directly in a group or a user's namespace, as far as someone may see it. It costs what is there, whatever there is besides.</summary>
internal sealed class PlaceContents(MetadataDatabase database, TimeProvider time)
{
    /// <summary>Projects by path, from one on.</summary>
    public Task<List<ProjectRow>> Projects(Caller caller, long space, string from, int limit, CancellationToken cancellationToken) => Read<ProjectRow>(
        caller, ProjectListQueries.OfNamespace, (space, from, limit), row => row.FullPath, (row, memberships) => Decision.ToSee(caller, row.Facts, memberships.RoleIn(row.Facts)), cancellationToken);

    /// <summary>Subgroups by path.</summary>
    public Task<List<GroupRow>> Groups(Caller caller, long space, int limit, CancellationToken cancellationToken) => Read<GroupRow>(
        caller, GroupListQueries.OfParent, (space, "", limit), row => row.FullPath, (row, memberships) => Decision.ToSee(caller, row.Facts, memberships.RoleIn(row.Facts)), cancellationToken);

    private async Task<List<T>> Read<T>(
        Caller caller, string sql, (long Space, string From, int Limit) page, Func<T, string> pathOf, Func<T, Memberships, Decision> decide, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenRead(cancellationToken);
        var memberships = await Memberships.Read(connection, caller, time.Micros(), cancellationToken);
        var seen = new List<T>();
        for (var from = page.From; ;)
        {
            var read = await connection.Query<T>(sql, new { space = page.Space, from, limit = page.Limit }, cancellationToken);
            seen.AddRange(read.Where(row => decide(row, memberships).Allowed));
            if (read.Count < page.Limit || seen.Count >= page.Limit)
                return [.. seen.Take(page.Limit)];
            // No path holds a '!', and what any path goes on with is greater.
            from = pathOf(read[^1]).ToLowerInvariant() + "!";
        }
    }
}

using Berth.Server.Access;
using Berth.Server.Access.Places;
using Berth.Server.Database;

namespace Berth.Server.Projects;

/// <summary>The API's lists of groups and projects: what the caller sees of them, and how many that are as far as they are counted.</summary>
internal sealed class ApiLists(MetadataDatabase database, TimeProvider time)
{
    public async Task<(List<GroupRow> Rows, int Counted)> Groups(Caller caller, ListFilter filter, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenRead(cancellationToken);
        var ids = await connection.Query<long>(SeesAll(caller, filter) ? GroupListQueries.All : GroupListQueries.Visible, Parameters(caller, filter), cancellationToken);
        var page = ids.Skip(filter.Page.Skip).Take(filter.Page.Size).ToList();
        var rows = (await connection.Query<GroupRow>(GroupListQueries.ByIds, new { ids = page }, cancellationToken)).ToDictionary(row => row.Id);
        return ([.. page.Where(rows.ContainsKey).Select(id => rows[id])], ids.Count);
    }

    /// <summary>The groups at the top that the caller sees without a role in them, by path from one on, however many there are.</summary>
    public async Task<List<GroupRow>> GroupsAtTop(Caller caller, string from, int limit, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenRead(cancellationToken);
        var groups = new List<GroupRow>();
        foreach (var visibility in Enum.GetValues<Visibility>().Where(one => caller.IsAdmin || one == Visibility.Public || (one == Visibility.Internal && caller.HasAccount)))
            groups.AddRange(await connection.Query<GroupRow>(GroupListQueries.AtTop, new { visibility = (long)visibility, from, limit }, cancellationToken));
        return [.. groups.OrderBy(group => group.FullPath.ToLowerInvariant(), StringComparer.Ordinal).Take(limit)];
    }

    public async Task<(List<ProjectRow> Rows, int Counted)> Projects(Caller caller, ListFilter filter, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenRead(cancellationToken);
        var ids = await connection.Query<long>(SeesAll(caller, filter) ? ProjectSearchQueries.All : ProjectSearchQueries.Visible, Parameters(caller, filter), cancellationToken);
        var page = ids.Skip(filter.Page.Skip).Take(filter.Page.Size).ToList();
        var rows = (await connection.Query<ProjectRow>(ProjectSearchQueries.ByIds, new { ids = page }, cancellationToken)).ToDictionary(row => row.Id);
        return ([.. page.Where(rows.ContainsKey).Select(id => rows[id])], ids.Count);
    }

    private static bool SeesAll(Caller caller, ListFilter filter) => caller.IsAdmin && filter.Least is null;

    private object Parameters(Caller caller, ListFilter filter) => new
    {
        user = caller.UserId ?? 0,
        now = time.Micros(),
        least = (long)(filter.Least ?? AccessLevel.Guest),
        // With a least role only roles count.
        @internal = filter.Least is null && caller.HasAccount ? (long)Visibility.Internal : -1,
        @public = filter.Least is null ? (long)Visibility.Public : -1,
        visibility = filter.Visibility is { } seen ? (long)seen : -1,
        pattern = filter.Pattern,
        order = filter.Order,
        from = filter.From,
        descending = filter.Descending ? 1L : 0L,
        topLevelOnly = filter.TopLevelOnly ? 1L : 0L,
        parent = filter.Within,
        space = filter.Within,
        subgroups = filter.Subgroups ? 1L : 0L,
        limit = filter.IsCounted ? filter.Page.Needed : filter.Page.Skip + filter.Page.Size + 1,
    };
}

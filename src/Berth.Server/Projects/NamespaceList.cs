using Berth.Server.Access;
using Berth.Server.Access.Places;
using Berth.Server.Database;
using Berth.Server.Http;

namespace Berth.Server.Projects;

/// <summary>The namespaces in which a caller has a role, their own first; to administrators all.</summary>
internal sealed class NamespaceList(MetadataDatabase database, TimeProvider time)
{
    public async Task<(List<NamespaceRow> Rows, int Counted)> Page(Caller caller, ApiPage page, string pattern, bool ownedOnly, bool topLevelOnly, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenRead(cancellationToken);
        var rows = await connection.Query<NamespaceRow>(caller.IsAdmin && !ownedOnly ? NamespaceQueries.All : NamespaceQueries.OfUser, new
        {
            user = caller.UserId ?? 0,
            least = (long)(ownedOnly ? AccessLevel.Owner : AccessLevel.Guest),
            now = time.Micros(),
            pattern,
            topLevelOnly = topLevelOnly ? 1L : 0L,
            limit = page.Needed,
        }, cancellationToken);
        return ([.. rows.Skip(page.Skip).Take(page.Size)], rows.Count);
    }

    /// <summary>The caller's own and the groups in which the caller has at least a role, without a search.</summary>
    public async Task<List<NamespaceRow>> Held(Caller caller, AccessLevel least, int limit, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenRead(cancellationToken);
        return await connection.Query<NamespaceRow>(NamespaceQueries.OfUser, new { user = caller.UserId ?? 0, least = (long)least, now = time.Micros(), pattern = "", topLevelOnly = 0L, limit }, cancellationToken);
    }

    /// <summary>By number or full path; null if there is none in which the caller has a role.</summary>
    public async Task<NamespaceRow?> Find(Caller caller, string idOrPath, CancellationToken cancellationToken)
    {
        if (idOrPath.Contains('\0', StringComparison.Ordinal))
            return null;
        var isNumber = long.TryParse(idOrPath, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var id);
        await using var connection = await database.OpenRead(cancellationToken);
        return await connection.QueryFirstOrDefault<NamespaceRow>(isNumber ? NamespaceQueries.ById : NamespaceQueries.ByPath, new
        {
            id,
            path = idOrPath.ToLowerInvariant(),
            any = caller.IsAdmin ? 1L : 0L,
            user = caller.UserId ?? 0,
            least = (long)AccessLevel.Guest,
            now = time.Micros(),
        }, cancellationToken);
    }
}

/// <summary>A namespace as the database has it. <c>Path</c> is its last name.</summary>
internal sealed record NamespaceRow(long Id, long Kind, long? ParentId, string Path, string Name, string FullPath)
{
    public bool IsGroup => Kind == (long)NamespaceKind.Group;
}

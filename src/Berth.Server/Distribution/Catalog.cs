using Berth.Server.Access;
using Berth.Server.Database;

namespace Berth.Server.Distribution;

/// <summary>The names of the images that a caller may pull, in byte order, by keyset.</summary>
internal sealed class Catalog(MetadataDatabase database, TimeProvider time)
{
    /// <summary>The names after <paramref name="last"/>, at most <paramref name="limit"/>, and whether more follow.</summary>
    public async Task<(List<string> Names, bool More)> Page(CatalogAccess access, string last, int limit, CancellationToken cancellationToken)
    {
        var names = new List<string>();
        await using var connection = await database.OpenRead(cancellationToken);
        var memberships = await Memberships.Read(connection, access.Caller, time.Micros(), cancellationToken);
        while (true)
        {
            var rows = new SortedDictionary<string, CatalogRow>(StringComparer.Ordinal);
            var ended = true;
            foreach (var (sql, parameters) in Sources(access.Caller, last, limit + 1))
            {
                var read = await connection.Query<CatalogRow>(sql, parameters, cancellationToken);
                ended &= read.Count <= limit;
                foreach (var row in read)
                    rows[row.ImageName] = row;
            }
            var own = access.Caller is { IsAdmin: true } or { Only: not null } ? [] : await OfMemberships(connection, memberships, last, limit + 1, cancellationToken);
            ended &= own.Count <= limit;
            foreach (var row in own)
                rows[row.ImageName] = row;
            // Behind the last of a source that goes on, others may lack what it holds; up to limit + 1 the union is whole.
            foreach (var row in rows.Values.Take(limit + 1))
            {
                last = row.ImageName;
                if (!MayPull(access.Caller, memberships, row))
                    continue;
                if (names.Count == limit)
                    return (names, true);
                names.Add(row.ImageName);
            }
            if (ended && rows.Count <= limit + 1)
                return (names, false);
        }
    }

    /// <summary>The ways in which images are open to a caller; together they hold every image that the caller may pull.</summary>
    private static IEnumerable<(string Sql, object Parameters)> Sources(Caller caller, string last, int limit)
    {
        if (caller is { IsAdmin: true, Only: null })
        {
            yield return (CatalogQueries.All, new { last, limit });
            yield break;
        }
        foreach (var openTo in caller.HasAccount ? new[] { Visibility.Internal, Visibility.Public } : [Visibility.Public])
            yield return (CatalogQueries.OpenTo, new { last, limit, openTo = (long)openTo });
        if (caller.Only is { ProjectId: { } project })
            yield return (CatalogQueries.OfProject, new { last, limit, project });
        else if (caller.Only is { GroupPath: { } group } && PathRange.Below(group) is var range)
            yield return (CatalogQueries.Between, new { last = string.CompareOrdinal(last, range.From) > 0 ? last : range.From, end = range.End, limit });
    }

    /// <summary>The images that are open by a role, those of the caller's own namespace among them.</summary>
    private static async Task<List<CatalogRow>> OfMemberships(ReadConnection connection, Memberships memberships, string last, int limit, CancellationToken cancellationToken)
    {
        var rows = new List<CatalogRow>();
        foreach (var range in memberships.Images(AccessLevel.Reporter).Where(range => string.CompareOrdinal(range.End, last) > 0))
        {
            if (rows.Count == limit)
                break;
            var from = string.CompareOrdinal(last, range.From) > 0 ? last : range.From;
            rows.AddRange(await connection.Query<CatalogRow>(CatalogQueries.Between, new { last = from, end = range.End, limit = limit - rows.Count }, cancellationToken));
        }
        return rows;
    }

    private static bool MayPull(Caller caller, Memberships memberships, CatalogRow row)
    {
        var project = new ProjectFacts(row.ProjectId, row.ProjectPath, row.NamespaceId, row.NamespaceOwnerId, (Visibility)row.Visibility, (RegistryAccessLevel)row.RegistryAccess, 0);
        return Decision.InProject(caller, project, memberships.RoleIn(project), RegistryActions.Pull, row.ImageName).Allowed;
    }

    private sealed record CatalogRow(
        string ImageName, long ProjectId, string ProjectPath, long NamespaceId, long? NamespaceOwnerId, long Visibility, long RegistryAccess);
}

using Berth.Server.Access.Places;
using Berth.Server.Database;

namespace Berth.Server.Access.Registry;

/// <summary>The images that a caller may pull, in the byte order of their names.</summary>
internal static class VisibleImages
{
    /// <summary>Behind every name: they end with letters and digits.</summary>
    public const string End = "~";

    /// <summary>The first images of a range, at most <paramref name="limit"/>, and whether more follow.</summary>
    /// <param name="connection">Where they are read.</param>
    /// <param name="memberships">Of the caller, at this moment.</param>
    /// <param name="range">Their names: those two themselves are not in it.</param>
    /// <param name="limit">At least 1.</param>
    /// <param name="tagged">Only those that hold a tag.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async Task<(List<VisibleImage> Images, bool More)> Page(
        ReadConnection connection, Memberships memberships, PathRange range, int limit, bool tagged, CancellationToken cancellationToken)
    {
        var images = new List<VisibleImage>();
        var last = range.From;
        while (true)
        {
            var rows = new SortedDictionary<string, ImageRow>(StringComparer.Ordinal);
            var ended = true;
            foreach (var (sql, of, between) in Sources(memberships, new PathRange(last, range.End)))
            {
                var read = await connection.Query<ImageRow>(sql, new { last = between.From, end = between.End, limit = limit + 1, tagged = tagged ? 1L : 0L, of.openTo, of.project }, cancellationToken);
                ended &= read.Count <= limit;
                foreach (var row in read)
                    rows[row.ImageName] = row;
            }
            var own = await OfMemberships(connection, memberships, new PathRange(last, range.End), (limit + 1, tagged), cancellationToken);
            ended &= own.Count <= limit;
            foreach (var row in own)
                rows[row.ImageName] = row;
            // Behind the last of a source that goes on, others may lack what it holds; up to limit + 1 the union is whole.
            foreach (var row in rows.Values.Take(limit + 1))
            {
                last = row.ImageName;
                if (!MayPull(memberships, row, out var image))
                    continue;
                if (images.Count == limit)
                    return (images, true);
                images.Add(image);
            }
            if (ended && rows.Count <= limit + 1)
                return (images, false);
        }
    }

    /// <summary>Those of some repositories that the caller may pull.</summary>
    public static async Task<List<VisibleImage>> Of(ReadConnection connection, Memberships memberships, long[] repositories, CancellationToken cancellationToken)
    {
        var images = new List<VisibleImage>();
        foreach (var row in await connection.Query<ImageRow>(VisibleImageQueries.ByIds, new { ids = repositories }, cancellationToken))
        {
            if (MayPull(memberships, row, out var image))
                images.Add(image);
        }
        return images;
    }

    /// <summary>The ways in which images are open to a caller; with those of the memberships they hold every image that the caller may pull.</summary>
    private static IEnumerable<(string Sql, (long openTo, long project) Of, PathRange Range)> Sources(Memberships memberships, PathRange range)
    {
        var caller = memberships.Caller;
        if (caller is { IsAdmin: true, Only: null })
        {
            yield return (VisibleImageQueries.All, default, range);
            yield break;
        }
        foreach (var openTo in caller.HasAccount ? new[] { Visibility.Internal, Visibility.Public } : [Visibility.Public])
            yield return (VisibleImageQueries.OpenTo, ((long)openTo, 0), range);
        if (caller.Only is { ProjectId: { } project })
            yield return (VisibleImageQueries.OfProject, (0, project), range);
        else if (caller.Only is { GroupPath: { } group } && Common(PathRange.Below(group), range) is { } common)
            yield return (VisibleImageQueries.All, default, common);
    }

    /// <summary>The images that are open by a role, those of the caller's own namespace among them.</summary>
    private static async Task<List<ImageRow>> OfMemberships(
        ReadConnection connection, Memberships memberships, PathRange range, (int Limit, bool Tagged) page, CancellationToken cancellationToken)
    {
        var rows = new List<ImageRow>();
        if (memberships.Caller is { IsAdmin: true } or { Only: not null })
            return rows;
        foreach (var own in memberships.Images(AccessLevel.Reporter))
        {
            if (rows.Count == page.Limit)
                break;
            if (Common(own, range) is { } common)
                rows.AddRange(await connection.Query<ImageRow>(VisibleImageQueries.All, new { last = common.From, end = common.End, limit = page.Limit - rows.Count, tagged = page.Tagged ? 1L : 0L }, cancellationToken));
        }
        return rows;
    }

    private static PathRange? Common(PathRange one, PathRange other)
    {
        var from = string.CompareOrdinal(one.From, other.From) > 0 ? one.From : other.From;
        var end = string.CompareOrdinal(one.End, other.End) < 0 ? one.End : other.End;
        return string.CompareOrdinal(from, end) < 0 ? new PathRange(from, end) : null;
    }

    private static bool MayPull(Memberships memberships, ImageRow row, out VisibleImage image)
    {
        var project = new ProjectFacts(row.ProjectId, row.ProjectPath, row.NamespaceId, row.NamespaceOwnerId, (Visibility)row.Visibility, (RegistryAccessLevel)row.RegistryAccess, 0);
        var role = memberships.RoleIn(project);
        image = new VisibleImage(row.RepositoryId, row.ImageName, project, Decision.OfImages(memberships.Caller, project, role, AccessLevel.Reporter).Allowed);
        return Decision.InProject(memberships.Caller, project, role, RegistryActions.Pull, row.ImageName).Allowed;
    }

    private sealed record ImageRow(
        long RepositoryId, string ImageName, long ProjectId, string ProjectPath, long NamespaceId, long? NamespaceOwnerId, long Visibility, long RegistryAccess);
}

/// <summary>An image that a caller may pull.</summary>
/// <param name="RepositoryId">Its number.</param>
/// <param name="ImageName">The whole name, in lower case.</param>
/// <param name="Project">Whose it is.</param>
/// <param name="SeesPipelines">Whether the caller also sees what pushed it, as <see cref="ImagesAccess.SeesPipelines"/> says.</param>
internal sealed record VisibleImage(long RepositoryId, string ImageName, ProjectFacts Project, bool SeesPipelines)
{
    /// <summary>What follows the project's path: empty, or one or two names.</summary>
    public string Name => ImageName.Length > Project.Path.Length ? ImageName[(Project.Path.Length + 1)..] : "";
}

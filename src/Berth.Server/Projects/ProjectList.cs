using Berth.Server.Access;
using Berth.Server.Database;

namespace Berth.Server.Projects;

/// <summary>The projects that someone may see, by path, with what happened in them last.</summary>
internal sealed class ProjectList(MetadataDatabase database, TimeProvider time)
{
    public async Task<List<ListedProject>> Page(Caller caller, string from, int limit, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenRead(cancellationToken);
        var memberships = await Memberships.Read(connection, caller, time.Micros(), cancellationToken);
        var rows = new SortedDictionary<string, ProjectRow>(StringComparer.Ordinal);
        await Collect(connection, caller, memberships, (from, limit), rows, cancellationToken);
        var listed = new List<ListedProject>();
        foreach (var row in rows.Values.Where(row => Decision.ToSee(caller, row.Facts, memberships.RoleIn(row.Facts)).Allowed).Take(limit))
        {
            listed.Add(new ListedProject(row,
                await connection.QueryFirstOrDefault<long?>(ProjectListQueries.LastPush, new { project = row.Id }, cancellationToken),
                await connection.QueryFirstOrDefault<string>(ProjectListQueries.LastPipeline, new { project = row.Id }, cancellationToken)));
        }
        return listed;
    }

    /// <summary>The first rows of each way in which projects are open to the caller, so the first rows of all are among them.</summary>
    private static async Task Collect(
        ReadConnection connection, Caller caller, Memberships memberships, (string From, int Limit) page, SortedDictionary<string, ProjectRow> rows, CancellationToken cancellationToken)
    {
        void Add(List<ProjectRow> read) => read.ForEach(row => rows[row.FullPath.ToLowerInvariant()] = row);
        if (caller.IsAdmin)
        {
            Add(await connection.Query<ProjectRow>(ProjectListQueries.All, new { from = page.From, limit = page.Limit }, cancellationToken));
            return;
        }
        foreach (var visibility in caller.HasAccount ? new[] { Visibility.Internal, Visibility.Public } : [Visibility.Public])
            Add(await connection.Query<ProjectRow>(ProjectListQueries.OfVisibility, new { visibility = (long)visibility, from = page.From, limit = page.Limit }, cancellationToken));
        var left = page.Limit;
        foreach (var range in memberships.Projects(AccessLevel.Guest).Where(range => string.CompareOrdinal(range.End, page.From) > 0))
        {
            if (left <= 0)
                return;
            var start = string.CompareOrdinal(page.From, range.From) > 0 ? page.From : range.From;
            var read = await connection.Query<ProjectRow>(ProjectListQueries.Between, new { from = start, end = range.End, limit = left }, cancellationToken);
            left -= read.Count;
            Add(read);
        }
    }
}

/// <summary>A project in a list. <c>LastPush</c> of an image, in microseconds; <c>PipelineStatus</c> of the newest pipeline.</summary>
internal sealed record ListedProject(ProjectRow Project, long? LastPush, string? PipelineStatus);

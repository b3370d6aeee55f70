using Berth.Server.Access;
using Berth.Server.Database;

namespace Berth.Server.Projects;

/// <summary>The projects that someone may see, by path, with what happened in them last.</summary>
internal sealed class ProjectList(MetadataDatabase database, TimeProvider time)
{
    /// <summary>From a path on; with <paramref name="mine"/> those alone in which the caller has a role.</summary>
    public async Task<List<ProjectRow>> Page(Caller caller, string from, int limit, bool mine, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenRead(cancellationToken);
        var memberships = await Memberships.Read(connection, caller, time.Micros(), cancellationToken);
        var rows = new SortedDictionary<string, ProjectRow>(StringComparer.Ordinal);
        if (!mine)
            await CollectOpen(connection, caller, (from, limit), rows, cancellationToken);
        if (mine || !caller.IsAdmin)
            await CollectOwn(connection, memberships, (from, limit), rows, cancellationToken);
        return [.. rows.Values.Where(row => Decision.ToSee(caller, row.Facts, memberships.RoleIn(row.Facts)).Allowed).Take(limit)];
    }

    /// <summary>What happened in projects last.</summary>
    public async Task<List<ListedProject>> Describe(IEnumerable<ProjectRow> rows, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenRead(cancellationToken);
        var listed = new List<ListedProject>();
        foreach (var row in rows)
        {
            listed.Add(new ListedProject(row,
                await connection.QueryFirstOrDefault<long?>(ProjectListQueries.LastPush, new { project = row.Id }, cancellationToken),
                await connection.QueryFirstOrDefault<string>(ProjectListQueries.LastPipeline, new { project = row.Id }, cancellationToken)));
        }
        return listed;
    }

    /// <summary>The newest tags of the images in some projects, one of each image, as far as the caller may pull them.</summary>
    public async Task<List<LastPush>> LastPushes(Caller caller, IEnumerable<ListedProject> listed, int limit, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenRead(cancellationToken);
        var memberships = await Memberships.Read(connection, caller, time.Micros(), cancellationToken);
        var pushes = new List<LastPush>();
        foreach (var one in listed.Where(one => one.LastPush is not null && Decision.OfImages(caller, one.Project.Facts, memberships.RoleIn(one.Project.Facts), AccessLevel.None).Allowed)
            .OrderByDescending(one => one.LastPush).Take(limit))
        {
            var tags = await connection.Query<NewestTag>(ProjectListQueries.NewestTags, new { project = one.Project.Id, limit }, cancellationToken);
            pushes.AddRange(tags.Select(tag => new LastPush(one.Project, tag)));
        }
        return [.. pushes.OrderByDescending(push => push.Tag.PublishedAt).Take(limit)];
    }

    /// <summary>The first rows of each way in which projects are open to the caller, so the first rows of all are among them.</summary>
    private static async Task CollectOpen(ReadConnection connection, Caller caller, (string From, int Limit) page, SortedDictionary<string, ProjectRow> rows, CancellationToken cancellationToken)
    {
        if (caller.IsAdmin)
        {
            Add(rows, await connection.Query<ProjectRow>(ProjectListQueries.All, new { from = page.From, limit = page.Limit }, cancellationToken));
            return;
        }
        foreach (var visibility in caller.HasAccount ? new[] { Visibility.Internal, Visibility.Public } : [Visibility.Public])
            Add(rows, await connection.Query<ProjectRow>(ProjectListQueries.OfVisibility, new { visibility = (long)visibility, from = page.From, limit = page.Limit }, cancellationToken));
    }

    private static async Task CollectOwn(ReadConnection connection, Memberships memberships, (string From, int Limit) page, SortedDictionary<string, ProjectRow> rows, CancellationToken cancellationToken)
    {
        var left = page.Limit;
        foreach (var range in memberships.Projects(AccessLevel.Guest).Where(range => string.CompareOrdinal(range.End, page.From) > 0))
        {
            if (left <= 0)
                return;
            var start = string.CompareOrdinal(page.From, range.From) > 0 ? page.From : range.From;
            var read = await connection.Query<ProjectRow>(ProjectListQueries.Between, new { from = start, end = range.End, limit = left }, cancellationToken);
            left -= read.Count;
            Add(rows, read);
        }
    }

    private static void Add(SortedDictionary<string, ProjectRow> rows, List<ProjectRow> read) => read.ForEach(row => rows[row.FullPath.ToLowerInvariant()] = row);
}

/// <summary>A project in a list. <c>LastPush</c> of an image, in microseconds; <c>PipelineStatus</c> of the newest pipeline.</summary>
internal sealed record ListedProject(ProjectRow Project, long? LastPush, string? PipelineStatus);

/// <summary>The newest tag of an image, and who pushed it if that is known. <c>PublishedAt</c> in microseconds.</summary>
internal sealed record NewestTag(long ImageId, string Image, string Tag, long PublishedAt, string? Username);

/// <summary>A tag in the project that it was pushed to.</summary>
internal sealed record LastPush(ProjectRow Project, NewestTag Tag);

using Berth.Server.Access;
using Berth.Server.Access.Places;
using Berth.Server.Database;

namespace Berth.Server.Projects;

/// <summary>The projects that someone may see, by path, with what happened in them last.</summary>
internal sealed class ProjectList(MetadataDatabase database, TimeProvider time)
{
    /// <summary>Projects that are asked for their last push, a look-up each; of more the first ones by path.</summary>
    private const int MaxAsked = 500;

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

    /// <summary>What happened in projects last, as far as the caller may know.</summary>
    public async Task<List<ListedProject>> Describe(Caller caller, IEnumerable<ProjectRow> rows, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenRead(cancellationToken);
        var memberships = await Memberships.Read(connection, caller, time.Micros(), cancellationToken);
        var listed = new List<ListedProject>();
        foreach (var row in rows)
        {
            var (pulls, seesPipelines) = Sight(caller, row, memberships);
            listed.Add(new ListedProject(row, pulls,
                pulls ? await connection.QueryFirstOrDefault<long?>(ProjectListQueries.LastPush, new { project = row.Id }, cancellationToken) : null,
                seesPipelines ? await connection.QueryFirstOrDefault<string>(ProjectListQueries.LastPipeline, new { project = row.Id }, cancellationToken) : null));
        }
        return listed;
    }

    /// <summary>The newest tags below a group or user, of each image one, as far as the caller may pull them.</summary>
    public async Task<List<LastPush>> LastPushes(Caller caller, string place, int limit, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenRead(cancellationToken);
        var below = PathRange.Below(place.ToLowerInvariant());
        var rows = await connection.Query<ProjectRow>(ProjectListQueries.Between, new { from = below.From, end = below.End, limit = MaxAsked }, cancellationToken);
        return await LastPushes(connection, caller, rows, limit, cancellationToken);
    }

    /// <summary>The newest tags in the projects in which the caller has a role, or in all that the caller sees.</summary>
    public async Task<List<LastPush>> LastPushes(Caller caller, bool mine, int limit, CancellationToken cancellationToken) =>
        await LastPushes(caller, await Page(caller, "", MaxAsked, mine, cancellationToken), limit, cancellationToken);

    public async Task<List<LastPush>> LastPushes(Caller caller, IReadOnlyCollection<ProjectRow> rows, int limit, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenRead(cancellationToken);
        return await LastPushes(connection, caller, rows, limit, cancellationToken);
    }

    private async Task<List<LastPush>> LastPushes(ReadConnection connection, Caller caller, IReadOnlyCollection<ProjectRow> rows, int limit, CancellationToken cancellationToken)
    {
        var memberships = await Memberships.Read(connection, caller, time.Micros(), cancellationToken);
        var pulled = rows.Where(row => Sight(caller, row, memberships).Pulls).ToDictionary(row => row.Id);
        var pushes = new List<LastPush>();
        foreach (var project in await connection.Query<long>(ProjectListQueries.LastPushed, new { projects = pulled.Keys.ToList(), limit }, cancellationToken))
        {
            var row = pulled[project];
            var tags = await connection.Query<NewestTag>(ProjectListQueries.NewestTags, new { project, limit }, cancellationToken);
            pushes.AddRange(tags.Select(tag => new LastPush(row, Sight(caller, row, memberships).SeesPipelines ? tag : tag with { Username = null })));
        }
        return [.. pushes.OrderByDescending(push => push.Tag.PublishedAt).Take(limit)];
    }

    /// <summary>As a project's own page shows it: who pushed is for those who see its pipelines.</summary>
    private static (bool Pulls, bool SeesPipelines) Sight(Caller caller, ProjectRow row, Memberships memberships)
    {
        var role = memberships.RoleIn(row.Facts);
        return (Decision.OfImages(caller, row.Facts, role, AccessLevel.None).Allowed, Decision.InProjectApi(caller, row.Facts, role, AccessLevel.Reporter).Allowed);
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

/// <summary>A project in a list. <c>LastPush</c> of an image, in microseconds; <c>PipelineStatus</c> of the newest pipeline; each null also for who may not know.</summary>
internal sealed record ListedProject(ProjectRow Project, bool SeesImages, long? LastPush, string? PipelineStatus);

/// <summary>The newest tag of an image, and who pushed it if that is known and the caller may know. <c>PublishedAt</c> in microseconds.</summary>
internal sealed record NewestTag(long ImageId, string Image, string Tag, long PublishedAt, string? Username);

/// <summary>A tag in the project that it was pushed to.</summary>
internal sealed record LastPush(ProjectRow Project, NewestTag Tag);

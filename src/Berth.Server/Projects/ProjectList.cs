using Berth.Server.Access;
using Berth.Server.Database;

namespace Berth.Server.Projects;

/// <summary>The projects that someone may see, by path, with what happened in them last.</summary>
internal sealed class ProjectList(MetadataDatabase database)
{
    public async Task<List<ListedProject>> Page(Caller caller, string from, int limit, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenRead(cancellationToken);
        var rows = await connection.Query<ProjectRow>(ProjectListQueries.Visible, new
        {
            from,
            all = caller.IsAdmin ? 1L : 0L,
            least = (long)(caller.IsAnonymous ? Visibility.Public : Visibility.Internal),
            user = caller.UserId,
            limit,
        }, cancellationToken);
        var listed = new List<ListedProject>(rows.Count);
        foreach (var row in rows.Where(row => Decision.ToSee(caller, row.Facts, ImageTargets.RoleIn(row.Facts, caller)).Allowed))
        {
            listed.Add(new ListedProject(row,
                await connection.QueryFirstOrDefault<long?>(ProjectListQueries.LastPush, new { project = row.Id }, cancellationToken),
                await connection.QueryFirstOrDefault<string>(ProjectListQueries.LastPipeline, new { project = row.Id }, cancellationToken)));
        }
        return listed;
    }
}

/// <summary>A project in a list. <c>LastPush</c> of an image, in microseconds; <c>PipelineStatus</c> of the newest pipeline.</summary>
internal sealed record ListedProject(ProjectRow Project, long? LastPush, string? PipelineStatus);

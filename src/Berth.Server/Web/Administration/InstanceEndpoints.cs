using Berth.Server.Access;
using Berth.Server.Configuration;
using Berth.Server.Database;
using Berth.Server.Images;
using Berth.Server.Web.Usage;

namespace Berth.Server.Web.Administration;

/// <summary>/admin: what the instance holds, its work in the background, the settings in force.</summary>
internal static class InstanceEndpoints
{
    public const string WorkPath = "/admin/background_jobs";
    public const string SettingsPath = "/admin/application_settings";

    public const string HomePath = "/admin";
    private const int Largest = 20;
    private const int Tasks = 100;

    public static void MapInstancePages(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(HomePath, Storage).WithMetadata(new AccessRule.Page(Admin: true));
        routes.MapGet(WorkPath, Work).WithMetadata(new AccessRule.Page(Admin: true));
        routes.MapGet(SettingsPath, Settings).WithMetadata(new AccessRule.Page(Admin: true));
    }

    private static async Task<IResult> Storage(PageAccess access, InstanceStorage storage, BerthSettings settings, TimeProvider time, CancellationToken cancellationToken)
    {
        var (free, total) = storage.Disk();
        var counted = storage.Count is { } count ? new BlobFigures(count.Blobs, count.Bytes, count.At) : null;
        var largest = (await storage.Largest(access.Api, Largest, cancellationToken)).Where(row => row.Size > 0)
            .Select(row => new UsageBar(row.Path, $"/{row.Path}/-/{UsagePageEndpoints.Page}", row.Size, row.SharedSize > 0 ? $"{BinarySize.Of(row.SharedSize)} of it more than once" : ""));
        return PageResult.Of<StoragePage>(Viewer.Of(access.Session, time), new StorageView(free, total, settings.MinimumFreeSpace, counted, [.. largest], settings.DataDirectory));
    }

    private static async Task<IResult> Work(PageAccess access, WaitingTasks tasks, IEnumerable<IHostedService> hosted, TimeProvider time, CancellationToken cancellationToken)
    {
        var now = time.Micros();
        var rows = await tasks.First(Tasks + 1, cancellationToken);
        var recurring = hosted.OfType<RecurringTask>().Select(task => task.State).OrderBy(state => state.Purpose, StringComparer.Ordinal)
            .Select(state => new RecurringLine(state.Purpose, RelativeTime.Length(state.Every), state.IsRunning, Micros(state.EndedAt), Micros(state.FailedAt), state.Failure));
        return PageResult.Of<WorkPage>(Viewer.Of(access.Session, time), new WorkView([.. rows.Take(Tasks).Select(row => Line(row, now))], rows.Count > Tasks, [.. recurring]));
    }

    private static TaskLine Line(WaitingTask row, long now)
    {
        var state = row.LeaseUntil > now ? "running" : (row.Attempts > 0 ? "failed" : "waiting");
        return new TaskLine(row.Id, row.Kind, state, row.CreatedAt, row.RunAt, state == "running" ? row.Owner : null, row.Attempts, row.LastError);
    }

    private static long? Micros(DateTimeOffset? at) => at is { } time ? Clock.Micros(time) : null;

    private static IResult Settings(PageAccess access, BerthSettings settings, TimeProvider time) => PageResult.Of<SettingsInForcePage>(Viewer.Of(access.Session, time),
        new SettingsInForceView([.. settings.InForce.Select(one => new SettingLine(one.Definition.Name, one.Text, one.Origin, one.IsGiven, one.Definition.Description.Replace("`", "", StringComparison.Ordinal)))]));
}

using Berth.Server.Access;
using Berth.Server.Ci;
using Berth.Server.Configuration;
using Berth.Server.Database;
using Berth.Server.Http.Tls;
using Berth.Server.Web.Ci;

namespace Berth.Server.Web.Administration;

/// <summary>/admin/runners, as GitLab's: those of the instance are made here, and all of them paused and deleted.</summary>
internal static class RunnerAdminEndpoints
{
    public const string Path = "/admin/runners";

    private const int PageSize = 50;

    public static void MapRunnerPages(this IEndpointRouteBuilder routes)
    {
        var admin = new AccessRule.Page(Admin: true);
        routes.MapGet(Path, async (PageAccess access, HttpContext context, Runners runners, TimeProvider time) => Answer(access, await View(context, runners, time), time, 200)).WithMetadata(admin);
        routes.MapPost(Path, Create).WithMetadata(admin);
        routes.MapPost(Path + "/registration_token", ShowRegistration).WithMetadata(admin);
        routes.MapPost(Path + "/{id:long}/pause", (PageAccess access, long id, HttpContext context, Runners runners) => Pause(access, id, true, context, runners)).WithMetadata(admin);
        routes.MapPost(Path + "/{id:long}/resume", (PageAccess access, long id, HttpContext context, Runners runners) => Pause(access, id, false, context, runners)).WithMetadata(admin);
        routes.MapPost(Path + "/{id:long}/delete", Delete).WithMetadata(admin);
    }

    private static async Task<IResult> Create(PageAccess access, HttpContext context, Runners runners, BerthSettings settings, IServiceProvider services, TimeProvider time)
    {
        var form = await FormView.Read(context);
        if (RunnerForm.Read(form, projectId: null, access.Caller.UserId) is not { } wanted)
            return Answer(access, await View(context, runners, time) with { Runner = form }, time, 422);
        var (_, token) = await runners.Create(wanted, access.Caller);
        return Answer(access, await View(context, runners, time) with { Made = Instructions(settings, services).ForRunner(token) }, time, 200);
    }

    private static async Task<IResult> ShowRegistration(PageAccess access, HttpContext context, Runners runners, BerthSettings settings, IServiceProvider services, TimeProvider time)
    {
        var token = await runners.RegistrationToken(null);
        return Answer(access, await View(context, runners, time) with { OldCommand = Instructions(settings, services).RegisterOld(token) }, time, 200);
    }

    private static async Task<IResult> Pause(PageAccess access, long id, bool paused, HttpContext context, Runners runners)
    {
        if (await runners.Find(id, context.RequestAborted) is not { } row)
            return Missing(context);
        await runners.Change(row with { Paused = paused ? 1 : 0 }, access.Caller);
        return PageResult.SeeOther(Path, paused ? PageNote.RunnerPaused : PageNote.RunnerResumed);
    }

    private static async Task<IResult> Delete(PageAccess access, long id, HttpContext context, Runners runners)
    {
        if (await runners.Find(id, context.RequestAborted) is not { } row)
            return Missing(context);
        await runners.Delete(row, access.Caller);
        return PageResult.SeeOther(Path, PageNote.RunnerDeleted);
    }

    private static async Task<RunnersView> View(HttpContext context, Runners runners, TimeProvider time)
    {
        var now = time.Micros();
        var page = PageQuery.Page(context, PageSize);
        var (rows, counted) = await runners.All(page, context.RequestAborted);
        var paths = await runners.ProjectPaths(rows, context.RequestAborted);
        var lines = rows.Select(row => RunnerForm.Line(row, now, isChanged: true) with { Project = row.ProjectId is { } id ? paths.GetValueOrDefault(id) : null });
        return new RunnersView([.. lines], PageQuery.Next(Path, page, counted), RunnerForm.Empty());
    }

    private static IResult Answer(PageAccess access, RunnersView view, TimeProvider time, int status) => PageResult.Of<RunnersPage>(Viewer.Of(access.Session, time), view, status);

    private static CiInstructions Instructions(BerthSettings settings, IServiceProvider services) => new(settings, services.GetService<ServerCertificate>()?.AuthorityFingerprint);

    private static IResult Missing(HttpContext context) => PageResult.Refused(context, 404, "There is no such runner.");
}

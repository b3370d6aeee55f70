using Berth.Server.Access;
using Berth.Server.Ci;
using Berth.Server.Configuration;
using Berth.Server.Database;
using Berth.Server.Http.Tls;
using Berth.Server.Web.Places;

namespace Berth.Server.Web.Ci;

/// <summary>The page of a project's runners and variables, and the forms that answer with it.</summary>
internal sealed class CiSettingsPages(Runners runners, CiVariables variables, BerthSettings settings, TimeProvider time, IServiceProvider services)
{
    public const string Page = "settings/ci_cd";

    private const int PageSize = 100;

    private CiInstructions Instructions => new(settings, services.GetService<ServerCertificate>()?.AuthorityFingerprint);

    public static string Url(ProjectAccess access) => $"/{access.Project.FullPath}/-/{Page}";

    public static IResult Missing(HttpContext context, string what) => PageResult.Refused(context, 404, $"This project has no such {what}.");

    public async Task<IResult> Show(ProjectPageAccess page, ProjectAccess access, HttpContext context) => Answer(page, await View(page, access, context), 200);

    public async Task<IResult> CreateRunner(ProjectPageAccess page, ProjectAccess access, HttpContext context)
    {
        var form = await FormView.Read(context);
        if (RunnerForm.Read(form, access.Project.Id, access.Caller.UserId) is not { } wanted)
            return Answer(page, await View(page, access, context) with { Runner = form }, 422);
        var (_, token) = await runners.Create(wanted, access.Caller);
        // The answer to the form itself: where a redirect led, the token would have to be kept.
        return Answer(page, await View(page, access, context) with { Made = Instructions.ForRunner(token) }, 200);
    }

    public async Task<IResult> ShowRegistration(ProjectPageAccess page, ProjectAccess access, HttpContext context)
    {
        var token = await runners.RegistrationToken(access.Project.Id);
        return Answer(page, await View(page, access, context) with { OldCommand = Instructions.RegisterOld(token) }, 200);
    }

    public async Task<IResult> CreateVariable(ProjectPageAccess page, ProjectAccess access, HttpContext context)
    {
        var form = await FormView.Read(context);
        if (VariableForm.Read(form, form["key"].Trim()) is { } wanted && await variables.Create(access, wanted) is { } refusal)
            form.Refuse(refusal.Field, refusal.Reason);
        return form.IsGood ? PageResult.SeeOther(Url(access), PageNote.VariableSaved) : Answer(page, await View(page, access, context) with { Variable = form }, 422);
    }

    public async Task<IResult> ShowVariable(ProjectPageAccess page, ProjectAccess access, string key, HttpContext context) =>
        await variables.Find(access.Project.Id, key, context.RequestAborted) is { } variable ? Answer(page, key, VariableForm.Of(variable), 200) : Missing(context, "variable");

    public async Task<IResult> ChangeVariable(ProjectPageAccess page, ProjectAccess access, string key, HttpContext context)
    {
        var form = await FormView.Read(context);
        if (await variables.Find(access.Project.Id, key, context.RequestAborted) is not { } variable)
            return Missing(context, "variable");
        if (VariableForm.Read(form, variable.Key) is not { } wanted)
            return Answer(page, key, form, 422);
        await variables.Change(access, wanted);
        return PageResult.SeeOther(Url(access), PageNote.VariableSaved);
    }

    private async Task<CiSettingsView> View(ProjectPageAccess page, ProjectAccess access, HttpContext context)
    {
        var now = time.Micros();
        // One number turns the pages of both lists.
        var part = PageQuery.Page(context, PageSize);
        var (machines, runnersCounted) = await runners.OfProject(access.Project.Id, part, context.RequestAborted);
        var (values, variablesCounted) = await variables.Page(access.Project.Id, part, context.RequestAborted);
        return new CiSettingsView(PlaceFrames.Of(page, settings, "settings"),
            [.. machines.Select(row => RunnerForm.Line(row, now, isChanged: row.ProjectId == access.Project.Id))], RunnerForm.Empty(),
            [.. values.Select(VariableForm.Line)], VariableForm.Empty())
        {
            IsFirst = part.Number == 1,
            MoreRunners = PageQuery.Next(Url(access), part, runnersCounted),
            MoreVariables = PageQuery.Next(Url(access), part, variablesCounted),
        };
    }

    private IResult Answer(ProjectPageAccess page, CiSettingsView view, int status) => PageResult.Of<CiSettingsPage>(Viewer.Of(page.Session, time), view, status);

    private IResult Answer(ProjectPageAccess page, string key, FormView form, int status) =>
        PageResult.Of<VariablePage>(Viewer.Of(page.Session, time), new VariableView(PlaceFrames.Of(page, settings, "settings"), key, form), status);
}

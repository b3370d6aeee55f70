using Berth.Server.Access;
using Berth.Server.Ci;

namespace Berth.Server.Web.Ci;

/// <summary>/GROUP/PROJECT/-/settings/ci_cd, as GitLab's: a project's runners and variables, for its Maintainers.</summary>
internal static class CiSettingsEndpoints
{
    public static void MapCiSettings(this IEndpointRouteBuilder routes)
    {
        const string Settings = "/{project}/-/" + CiSettingsPages.Page;
        var rule = new AccessRule.ProjectPage(AccessLevel.Maintainer);
        routes.MapGet(Settings, (ProjectPageAccess page, ProjectAccess access, HttpContext context, CiSettingsPages pages) => pages.Show(page, access, context)).WithMetadata(rule);
        routes.MapPost(Settings + "/runners", (ProjectPageAccess page, ProjectAccess access, HttpContext context, CiSettingsPages pages) => pages.CreateRunner(page, access, context)).WithMetadata(rule);
        routes.MapPost(Settings + "/registration_token", (ProjectPageAccess page, ProjectAccess access, HttpContext context, CiSettingsPages pages) => pages.ShowRegistration(page, access, context)).WithMetadata(rule);
        routes.MapPost(Settings + "/runners/{id:long}/pause", (ProjectAccess access, long id, HttpContext context, Runners runners) => Pause(access, id, true, context, runners)).WithMetadata(rule);
        routes.MapPost(Settings + "/runners/{id:long}/resume", (ProjectAccess access, long id, HttpContext context, Runners runners) => Pause(access, id, false, context, runners)).WithMetadata(rule);
        routes.MapPost(Settings + "/runners/{id:long}/delete", DeleteRunner).WithMetadata(rule);
        routes.MapPost(Settings + "/variables", (ProjectPageAccess page, ProjectAccess access, HttpContext context, CiSettingsPages pages) => pages.CreateVariable(page, access, context)).WithMetadata(rule);
        routes.MapGet(Settings + "/variables/{key}", (ProjectPageAccess page, ProjectAccess access, string key, HttpContext context, CiSettingsPages pages) => pages.ShowVariable(page, access, key, context)).WithMetadata(rule);
        routes.MapPost(Settings + "/variables/{key}", (ProjectPageAccess page, ProjectAccess access, string key, HttpContext context, CiSettingsPages pages) => pages.ChangeVariable(page, access, key, context)).WithMetadata(rule);
        routes.MapPost(Settings + "/variables/{key}/delete", DeleteVariable).WithMetadata(rule);
    }

    private static async Task<IResult> Pause(ProjectAccess access, long id, bool paused, HttpContext context, Runners runners)
    {
        if (await Own(access, id, runners, context) is not { } row)
            return CiSettingsPages.Missing(context, "runner of its own");
        await runners.Change(row with { Paused = paused ? 1 : 0 }, access.Caller);
        return PageResult.SeeOther(CiSettingsPages.Url(access), paused ? PageNote.RunnerPaused : PageNote.RunnerResumed);
    }

    private static async Task<IResult> DeleteRunner(ProjectAccess access, long id, HttpContext context, Runners runners)
    {
        if (await Own(access, id, runners, context) is not { } row)
            return CiSettingsPages.Missing(context, "runner of its own");
        await runners.Delete(row, access.Caller);
        return PageResult.SeeOther(CiSettingsPages.Url(access), PageNote.RunnerDeleted);
    }

    private static async Task<IResult> DeleteVariable(ProjectAccess access, string key, HttpContext context, CiVariables variables) =>
        await variables.Delete(access, key) ? PageResult.SeeOther(CiSettingsPages.Url(access), PageNote.VariableDeleted) : CiSettingsPages.Missing(context, "variable");

    /// <summary>Those of the instance are the administrators'.</summary>
    private static async Task<RunnerRow?> Own(ProjectAccess access, long id, Runners runners, HttpContext context) =>
        await runners.Find(id, context.RequestAborted) is { } row && row.ProjectId == access.Project.Id ? row : null;
}

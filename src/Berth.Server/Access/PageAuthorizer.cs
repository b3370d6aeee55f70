using Berth.Server.Configuration;
using Berth.Server.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Berth.Server.Access;

/// <summary>
/// Checks calls of pages by the session's cookie. Who is not signed in is sent to sign in and comes back; what one may not see is
/// answered as what does not exist; a form that is not ours is refused.
/// </summary>
internal sealed class PageAuthorizer(Sessions sessions, ProjectRows projects, ImageTargets targets, BerthSettings settings)
{
    public const string SignInPath = "/users/sign_in";

    public async Task Enter(HttpContext context, AccessRule.Page rule, RequestDelegate next)
    {
        var session = await FindSession(context);
        if (session is null)
        {
            SendToSignIn(context);
            return;
        }
        if (rule.Admin && !session.Caller.IsAdmin)
        {
            PageRefusal.Set(context, 404, "There is nothing at this address, or you may not see it.");
            return;
        }
        if (!await IsOurForm(context, session))
            return;
        context.Features.Set(PageAccess.Grant(session, rule));
        await next(context);
    }

    public async Task Enter(HttpContext context, AccessRule.ProjectPage rule, RequestDelegate next)
    {
        var session = await FindSession(context);
        var caller = session?.Caller ?? Caller.Anonymous;
        var path = RepositoryPath.Unfold((string)context.Request.RouteValues["project"]!);
        var project = await projects.FindByPath(path, context.RequestAborted);
        var role = await targets.RoleIn(project?.Facts, caller, context.RequestAborted);
        var decision = project is null ? null : Decide(rule, caller, project.Facts, role);
        if (decision is { Allowed: true } && Redirects.HasLeft(path, project!.FullPath))
            Redirects.Page(context, path, project.FullPath);
        else if (decision is { Allowed: true })
        {
            if (!await IsOurForm(context, session))
                return;
            context.Features.Set(ProjectPageAccess.Grant(decision, project!, role, caller, session));
            if (rule.Images)
                context.Features.Set(ImagesAccess.Grant(decision, project!, role, caller));
            else
                context.Features.Set(ProjectAccess.Grant(decision, project!, role, caller));
            await next(context);
        }
        else if (session is null)
            SendToSignIn(context);
        else if (decision is null or { Hides: true })
            PageRefusal.Set(context, 404, "There is nothing at this address, or you may not see it.");
        else
            PageRefusal.Set(context, 403, $"You may not see this page: {decision.Reason}.");
    }

    /// <summary>For <see cref="AccessRule.DeletedProjectPage"/>: whoever may not do it is answered as if nothing were kept.</summary>
    public async Task EnterDeleted(HttpContext context, RequestDelegate next)
    {
        if (await FindSession(context) is not { } session)
        {
            SendToSignIn(context);
            return;
        }
        if (!await IsOurForm(context, session))
            return;
        var project = await projects.FindDeleted((string)context.Request.RouteValues["id"]!, context.RequestAborted);
        var role = await targets.RoleIn(project?.Facts, session.Caller, context.RequestAborted);
        if (project is null || Decision.InProjectApi(session.Caller, project.Facts, role, AccessLevel.Owner) is not { Allowed: true } decision)
        {
            PageRefusal.Set(context, 404, "No deleted project of yours has this number, or it is kept no more.");
            return;
        }
        context.Features.Set(PageAccess.Grant(session, new AccessRule.Page()));
        context.Features.Set(ProjectAccess.Grant(decision, project, role, session.Caller));
        await next(context);
    }

    private static Decision Decide(AccessRule.ProjectPage rule, Caller caller, ProjectFacts project, AccessLevel role) =>
        rule.Images ? Decision.OfImages(caller, project, role, rule.Role) : Decision.InProjectApi(caller, project, role, rule.Role);

    private async Task<Session?> FindSession(HttpContext context) => await sessions.Find(PageCookies.ReadSession(context.Request, settings), context.RequestAborted) is { } session
        ? session with { Caller = session.Caller with { Address = ClientAddress.Of(context) } }
        : null;

    private async ValueTask<bool> IsOurForm(HttpContext context, Session? session)
    {
        var request = context.Request;
        if (HttpMethods.IsGet(request.Method))
            return true;
        if (session is not null && request.HasFormContentType
            && FormTokens.Accepts(request, await request.ReadFormAsync(new FormOptions { ValueCountLimit = RequestLimits.MaxFormFields }, context.RequestAborted), session.Secret, settings))
            return true;
        PageRefusal.Set(context, 403, "This form did not come from a page of this session. Open the page again and send it from there.");
        return false;
    }

    private static void SendToSignIn(HttpContext context)
    {
        var target = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        var back = HttpMethods.IsGet(context.Request.Method) && LocalPath.IsSafe(target) && target != "/" ? "?return_to=" + Uri.EscapeDataString(target) : "";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Redirect(SignInPath + back);
    }
}

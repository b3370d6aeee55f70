using Berth.Server.Access.Places;
using Berth.Server.Access.Registry;
using Berth.Server.Configuration;
using Berth.Server.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Berth.Server.Access.Pages;

/// <summary>
/// Checks calls of pages by the session's cookie. Who is not signed in is sent to sign in and comes back; what one may not see is
/// answered as what does not exist; a form that is not ours is refused.
/// </summary>
internal sealed class PageAuthorizer(Sessions sessions, ProjectRows projects, GroupRows groups, ImageTargets targets, BerthSettings settings)
{
    public const string SignInPath = "/users/sign_in";

    private const string GitEnding = ".git";

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
        await Answer(context, session, decision, ($"/{path}", $"/{project?.FullPath}"), next, allowed =>
        {
            context.Features.Set(ProjectPageAccess.Grant(allowed, project!, role, caller, session));
            if (rule.Images)
                context.Features.Set(ImagesAccess.Grant(allowed, project!, role, caller));
            else
                context.Features.Set(ProjectAccess.Grant(allowed, project!, role, caller));
        });
    }

    public async Task Enter(HttpContext context, AccessRule.PathPage rule, RequestDelegate next)
    {
        _ = rule;
        var session = await FindSession(context);
        var caller = session?.Caller ?? Caller.Anonymous;
        var asked = RepositoryPath.Unfold((string)context.Request.RouteValues["project"]!);
        // The address that git has of a project leads to its page.
        var path = asked.EndsWith(GitEnding, StringComparison.Ordinal) ? asked[..^GitEnding.Length] : asked;
        // Both are looked for whatever is there, so that the work tells nothing.
        var project = await projects.FindByPath(path, context.RequestAborted);
        var place = await groups.FindPlace(path, context.RequestAborted);
        if (project is not null)
        {
            var role = await targets.RoleIn(project.Facts, caller, context.RequestAborted);
            var decision = Decision.InProjectApi(caller, project.Facts, role, AccessLevel.None);
            await Answer(context, session, decision, ($"/{asked}", $"/{project.FullPath}"), next, allowed => context.Features.Set(ProjectPageAccess.Grant(allowed, project, role, caller, session)));
        }
        else
        {
            var role = await targets.RoleIn(place?.Facts, caller, context.RequestAborted);
            var decision = place is null ? null : Decision.ToSee(caller, place.Facts, role);
            await Answer(context, session, decision, ($"/{asked}", $"/{place?.FullPath}"), next, allowed => context.Features.Set(PlacePageAccess.Grant(allowed, place!, role, caller, session)));
        }
    }

    public async Task Enter(HttpContext context, AccessRule.GroupPage rule, RequestDelegate next)
    {
        var session = await FindSession(context);
        var caller = session?.Caller ?? Caller.Anonymous;
        var path = RepositoryPath.Unfold((string)context.Request.RouteValues["group"]!);
        var place = await groups.FindPlace(path, context.RequestAborted) is { OwnerId: null } found ? found : null;
        var role = await targets.RoleIn(place?.Facts, caller, context.RequestAborted);
        var decision = place is null ? null : Decision.InGroupApi(caller, place.Facts, role, rule.Role);
        await Answer(context, session, decision, ($"/groups/{path}", $"/groups/{place?.FullPath}"), next, allowed =>
        {
            context.Features.Set(PlacePageAccess.Grant(allowed, place!, role, caller, session));
            context.Features.Set(GroupAccess.Grant(allowed, place!.Group, role, caller));
        });
    }

    /// <summary>Goes on if the decision allows and the form is ours; otherwise says no, or where the thing is now. No decision: there is no such thing.</summary>
    private async Task Answer(HttpContext context, Session? session, Decision? decision, (string Asked, string Now) address, RequestDelegate next, Action<Decision> grant)
    {
        if (decision is { Allowed: true } && Redirects.HasLeft(address.Asked, address.Now))
            Redirects.Page(context, address.Asked, address.Now);
        else if (decision is { Allowed: true })
        {
            if (!await IsOurForm(context, session))
                return;
            grant(decision);
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
        if (IsRead(request))
            return true;
        if (session is not null && request.HasFormContentType
            && FormTokens.Accepts(request, await request.ReadFormAsync(new FormOptions { ValueCountLimit = RequestLimits.MaxFormFields }, context.RequestAborted), session.Secret, settings))
            return true;
        PageRefusal.Set(context, 403, "This form did not come from a page of this session. Open the page again and send it from there.");
        return false;
    }

    private static bool IsRead(HttpRequest request) => HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);

    private static void SendToSignIn(HttpContext context)
    {
        var target = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        var back = IsRead(context.Request) && LocalPath.IsSafe(target) && target != "/" ? "?return_to=" + Uri.EscapeDataString(target) : "";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Redirect(SignInPath + back);
    }
}

using Berth.Server.Access.Login;
using Berth.Server.Access.Pages;
using Berth.Server.Access.Places;
using Berth.Server.Access.Registry;
using Berth.Server.Http;

namespace Berth.Server.Access;

/// <summary>Checks calls of the REST API, by token or password: what the caller may not see is answered as what does not exist.</summary>
internal sealed class ApiAuthorizer(Credentials credentials, ImageTargets targets, ProjectRows projects, GroupRows groups)
{
    /// <summary>GitLab's: how a job presents its token to the API.</summary>
    private const string JobTokenHeader = "JOB-TOKEN";

    public async Task Enter(HttpContext context, AccessRule.Api rule, RequestDelegate next)
    {
        if (await ApiCaller(context, rule.Scopes) is not { } caller)
            return;
        if (rule.Admin && !caller.IsAdmin)
        {
            await ApiError.Write(context.Response, 403, "403 Forbidden");
            return;
        }
        context.Features.Set(ApiAccess.Grant(caller, rule));
        await next(context);
    }

    public async Task Enter(HttpContext context, AccessRule.Project rule, RequestDelegate next)
    {
        if (await ApiCaller(context, rule.Scopes) is not { } caller)
            return;
        var id = RouteId(context);
        var project = await projects.Find(id, context.RequestAborted);
        var role = await targets.RoleIn(project?.Facts, caller, context.RequestAborted);
        var decision = project is null ? null : Decision.InProjectApi(caller, project.Facts, role, rule.Role);
        if (await Refuse(context, decision, "Project"))
            return;
        if (HasLeft(id, project!.FullPath))
        {
            await Redirects.Api(context, "Project", project.Id, project.FullPath);
            return;
        }
        context.Features.Set(ProjectAccess.Grant(decision!, project, role, caller));
        await next(context);
    }

    public async Task Enter(HttpContext context, AccessRule.DeletedProject rule, RequestDelegate next)
    {
        if (await ApiCaller(context, rule.Scopes) is not { } caller)
            return;
        var project = await projects.FindDeleted(RouteId(context), context.RequestAborted);
        var role = await targets.RoleIn(project?.Facts, caller, context.RequestAborted);
        var decision = project is null ? null : Decision.InProjectApi(caller, project.Facts, role, AccessLevel.Owner);
        if (await Refuse(context, decision, "Project"))
            return;
        context.Features.Set(ProjectAccess.Grant(decision!, project!, role, caller));
        await next(context);
    }

    public async Task Enter(HttpContext context, AccessRule.Group rule, RequestDelegate next)
    {
        if (await ApiCaller(context, rule.Scopes) is not { } caller)
            return;
        var id = RouteId(context);
        var group = await groups.Find(id, context.RequestAborted);
        var role = await targets.RoleIn(group?.Facts, caller, context.RequestAborted);
        var decision = group is null ? null : Decision.InGroupApi(caller, group.Facts, role, rule.Role);
        if (await Refuse(context, decision, "Group"))
            return;
        if (HasLeft(id, group!.FullPath))
        {
            await Redirects.Api(context, "Group", group.Id, group.FullPath);
            return;
        }
        context.Features.Set(GroupAccess.Grant(decision!, group, role, caller));
        await next(context);
    }

    /// <summary>Images of the project {id}, or with <see cref="AccessRule.ProjectImages.OfRepository"/> of the one whose repository {repository} is.</summary>
    public async Task Enter(HttpContext context, AccessRule.ProjectImages rule, RequestDelegate next)
    {
        if (await ImagesCaller(context, rule) is not { } caller)
            return;
        var id = rule.OfRepository ? "" : RouteId(context);
        var project = rule.OfRepository ? await projects.FindByRepository((string)context.Request.RouteValues["repository"]!, context.RequestAborted) : await projects.Find(id, context.RequestAborted);
        var role = await targets.RoleIn(project?.Facts, caller, context.RequestAborted);
        // GitLab's: by a job's token only the images of its own project, also where another project lets it in.
        var isForeignJob = caller.JobId is not null && project is not null && !caller.Only!.Covers(project.Facts);
        var decision = project is null || isForeignJob ? null : Decision.OfImages(caller, project.Facts, role, rule.Role);
        if (await Refuse(context, decision, rule.OfRepository ? "Repository" : "Project"))
            return;
        if (!rule.OfRepository && HasLeft(id, project!.FullPath))
        {
            await Redirects.Api(context, "Project", project.Id, project.FullPath);
            return;
        }
        context.Features.Set(ImagesAccess.Grant(decision!, project!, role, caller));
        await next(context);
    }

    /// <summary>Jobs may call what is of images, as in GitLab: their tokens have no scopes of the API, and the decision says where they count.</summary>
    private async ValueTask<Caller?> ImagesCaller(HttpContext context, AccessRule.ProjectImages rule)
    {
        var headers = context.Request.Headers;
        if (headers[JobTokenHeader].ToString() is { Length: > 0 and <= RequestLimits.MaxSecretChars } secret && headers["PRIVATE-TOKEN"].Count == 0 && headers.Authorization.Count == 0)
        {
            if (ProjectCredentials.IsJobToken(secret)
                && await credentials.Find(ProjectCredentials.JobTokenUser, secret, ClientAddress.Of(context), context.RequestAborted) is { Kind: CredentialKind.JobToken } job)
                return job with { Address = ClientAddress.Of(context) };
            await ApiError.Write(context.Response, 401, "401 Unauthorized");
            return null;
        }
        if (rule.Anonymous && headers["PRIVATE-TOKEN"].Count == 0 && headers.Authorization.Count == 0)
            return Caller.Anonymous;
        return await ApiCaller(context, rule.Scopes);
    }

    private static bool HasLeft(string idOrPath, string fullPath) => !long.TryParse(idOrPath, out _) && Redirects.HasLeft(idOrPath, fullPath);

    private static string RouteId(HttpContext context) => Uri.UnescapeDataString((string)context.Request.RouteValues["id"]!);

    /// <summary>Who calls, with one of the scopes; null if the answer was already written.</summary>
    private async ValueTask<Caller?> ApiCaller(HttpContext context, TokenScopes scopes)
    {
        var caller = await ApiCaller(context);
        if (caller is null)
            await ApiError.Write(context.Response, 401, "401 Unauthorized");
        else if ((caller.Scopes & scopes) == 0)
            await ApiError.WriteScope(context.Response, scopes.Names());
        else
            return caller;
        return null;
    }

    /// <summary>Answers unless the decision allows: what is hidden, or not there (null), as what does not exist.</summary>
    private static async ValueTask<bool> Refuse(HttpContext context, Decision? decision, string what)
    {
        if (decision is { Allowed: true })
            return false;
        await (decision is null or { Hides: true }
            ? ApiError.Write(context.Response, 404, $"404 {what} Not Found")
            : ApiError.Write(context.Response, 403, $"403 Forbidden - {decision.Reason}"));
        return true;
    }

    /// <summary>PRIVATE-TOKEN, Bearer or Basic, as curl -u gives it.</summary>
    private async Task<Caller?> ApiCaller(HttpContext context) =>
        await FindApiCaller(context) is { } caller ? caller with { Address = ClientAddress.Of(context) } : null;

    private async Task<Caller?> FindApiCaller(HttpContext context)
    {
        var header = context.Request.Headers.Authorization.ToString();
        var token = context.Request.Headers["PRIVATE-TOKEN"].ToString();
        if (token.Length == 0 && header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
            token = header["Bearer ".Length..].Trim();
        if (token.Length is > 0 and <= RequestLimits.MaxSecretChars)
            return await credentials.FindToken(token, ClientAddress.Of(context), context.RequestAborted);
        return BasicCredentials.TryParse(header, out var basic)
            ? await credentials.Find(basic.Username, basic.Secret, ClientAddress.Of(context), context.RequestAborted)
            : null;
    }
}

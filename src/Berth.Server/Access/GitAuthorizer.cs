using Berth.Server.Access.Login;
using Berth.Server.Access.Places;
using Berth.Server.Access.Registry;
using Berth.Server.Http;

namespace Berth.Server.Access;

/// <summary>
/// Checks calls of git: Basic credentials alone, answers in plain text, which git shows to its user as 'remote: …'. Statuses are
/// GitLab's: 401 asks for credentials (git sends none before), 404 hides what the caller may not see, 403 says what is missing.
/// </summary>
internal sealed class GitAuthorizer(Credentials credentials, GitDecisions decisions, Repositories repositories)
{
    private const string ReceivePack = "git-receive-pack";

    public async Task Enter(HttpContext context, AccessRule.Git rule, RequestDelegate next)
    {
        if (await Authenticate(context) is not { } caller)
        {
            await Challenge(context.Response, TokenEndpoints.AccessDenied);
            return;
        }
        var path = RepositoryPath.Unfold((string)context.Request.RouteValues["project"]!);
        var action = rule.Action ?? (context.Request.Query["service"] == ReceivePack ? GitActions.Write : GitActions.Read);
        var (target, decision) = await decisions.Decide(caller, path, action, context.RequestAborted);
        if (!decision.Allowed)
        {
            await (caller.IsAnonymous ? Challenge(context.Response, decision.Reason) : PlainError.Write(context.Response, decision.Hides ? 404 : 403, decision.Reason));
            return;
        }
        ProjectFacts project;
        try
        {
            project = target switch
            {
                ImageTarget.InProject found => found.Project,
                ImageTarget.InNewProject wanted => await repositories.EnsureProject(decision, wanted, caller with { Address = ClientAddress.Of(context) }),
                _ => throw new InvalidOperationException("A decision allowed git where no project can be."),
            };
        }
        catch (PathTakenException)
        {
            await PlainError.Write(context.Response, 404, Decision.NoGitRepository(caller, path).Reason);
            return;
        }
        context.Features.Set(GitAccess.Grant(decision, action, project, caller));
        await next(context);
    }

    /// <summary>Who calls; without credentials the anonymous caller, with wrong ones null.</summary>
    private async ValueTask<Caller?> Authenticate(HttpContext context)
    {
        var header = context.Request.Headers.Authorization.ToString();
        if (header.Length == 0)
            return Caller.Anonymous;
        if (!BasicCredentials.TryParse(header, out var basic))
            return null;
        var caller = await credentials.Find(basic.Username, basic.Secret, ClientAddress.Of(context), context.RequestAborted);
        if (caller is null)
            await context.LogTokenRefused(basic.Username);
        return caller;
    }

    private static Task Challenge(HttpResponse response, string message)
    {
        response.Headers.WWWAuthenticate = "Basic realm=\"Berth\"";
        return PlainError.Write(response, 401, message);
    }
}

using Berth.Oci;
using Berth.Server.Access.Login;
using Berth.Server.Access.Pages;
using Berth.Server.Access.Places;
using Berth.Server.Access.Registry;
using Berth.Server.Database;
using Berth.Server.Http;

namespace Berth.Server.Access;

/// <summary>
/// Stands between routing and every endpoint: reads the route's <see cref="AccessRule"/>, checks it, and hands the endpoint what it
/// may use (<see cref="RepositoryAccess"/>, <see cref="GitAccess"/>, <see cref="ApiAccess"/>). A route without a rule is refused.
/// </summary>
internal sealed class Authorizer(
    RequestDelegate next, Credentials credentials, RegistryTokens tokens, RegistryDecisions decisions, ImageTargets targets,
    Repositories repositories, Challenge challenge, GitAuthorizer git, ApiAuthorizer api, PageAuthorizer pages, TimeProvider time)
{
    public Task Invoke(HttpContext context)
    {
        // Not what routing answers itself: no route, or none for this method.
        if (context.GetEndpoint() is not RouteEndpoint endpoint)
            return next(context);
        return endpoint.Metadata.GetMetadata<AccessRule>() switch
        {
            AccessRule.Open => next(context),
            AccessRule.Repository rule => InRepository(context, rule),
            AccessRule.RegistryPing => Ping(context),
            AccessRule.RegistryCatalog => Catalog(context),
            AccessRule.Git rule => git.Enter(context, rule, next),
            AccessRule.Api rule => api.Enter(context, rule, next),
            AccessRule.Project rule => api.Enter(context, rule, next),
            AccessRule.DeletedProject rule => api.Enter(context, rule, next),
            AccessRule.Group rule => api.Enter(context, rule, next),
            AccessRule.ProjectImages rule => api.Enter(context, rule, next),
            AccessRule.Page rule => pages.Enter(context, rule, next),
            AccessRule.ProjectPage rule => pages.Enter(context, rule, next),
            AccessRule.PathPage rule => pages.Enter(context, rule, next),
            AccessRule.GroupPage rule => pages.Enter(context, rule, next),
            AccessRule.DeletedProjectPage => pages.EnterDeleted(context, next),
            AccessRule.AdminSocket when context.Connection.LocalIpAddress is null => next(context),
            AccessRule.AdminSocket => RegistryError.Unknown(404, "There is nothing here.").Write(context.Response),
            _ => RegistryError.Denied("This route has no access rule, so nobody may call it: that is a fault of Berth.").Write(context.Response),
        };
    }

    private async Task InRepository(HttpContext context, AccessRule.Repository rule)
    {
        var text = RepositoryPath.Unfold((string)context.Request.RouteValues["name"]!);
        if (!RepositoryName.TryParse(text, out var name))
        {
            await RegistryError.NameInvalid(text).Write(context.Response);
            return;
        }
        var scope = Challenge.Scope(text, rule.Action);
        if (await Authenticate(context, scope, rule.UploadSession) is not var (caller, token))
            return;
        var (target, decision) = await decisions.Decide(caller, name, rule.Action, context.RequestAborted);
        if (!decision.Allowed)
        {
            await challenge.InsufficientScope(context.Response, scope, decision.Reason);
            return;
        }
        if (token is not null && !token.Covers(target, rule.Action))
        {
            await challenge.InsufficientScope(context.Response, scope, $"the token was issued for something else than to {string.Join(" and ", rule.Action.Words())} '{name}': ask for a new one");
            return;
        }
        await Enter(context, rule, name, (caller, token), target, decision);
    }

    private async Task Enter(HttpContext context, AccessRule.Repository rule, RepositoryName name, (Caller Caller, RegistryToken? Token) who, ImageTarget target, Decision decision)
    {
        var found = target as ImageTarget.InProject;
        if (found is { HasMoved: true })
            Redirects.Warn(context.Response, name.ToString(), found.Image);
        var id = found is null ? null : await targets.FindRepository(found, context.RequestAborted);
        try
        {
            if (id is null && rule.Creates)
                (id, found) = await repositories.Ensure(decision, target, who.Caller with { Address = ClientAddress.Of(context) });
        }
        catch (PathTakenException)
        {
            // Something else came to be there, or the group went, since the decision: as if it had been so before.
            found = null;
        }
        if (id is null || found is null)
        {
            if (rule.EmptyIfMissing)
                await next(context);
            else
                await RegistryError.NameUnknown(name).Write(context.Response);
            return;
        }
        context.Features.Set(RepositoryAccess.Grant(decision, rule.Action, id.Value, found.Project, name, who));
        await next(context);
    }

    /// <summary>Who calls, by registry token or Basic; null if the answer was already a challenge.</summary>
    private async ValueTask<(Caller Caller, RegistryToken? Token)?> Authenticate(HttpContext context, string? scope, bool uploadSession)
    {
        var header = context.Request.Headers.Authorization.ToString();
        if (header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
        {
            var last = context.Features.Get<LastToken>();
            var token = last?.Find(header) ?? await tokens.Verify(header.AsMemory("Bearer ".Length).Trim());
            if (token is null)
                return await Refuse(context, scope, "the registry token is not one of this server's: log in again");
            last?.Keep(header, token);
            var graceUntil = uploadSession ? token.ExpiresAt + RegistryTokens.UploadGrace : token.ExpiresAt;
            if (graceUntil <= time.Micros())
                return await Refuse(context, scope, "the registry token has expired: ask for a new one");
            var live = await credentials.Live(token.Kind, token.CredentialId, token.IssuedAt, context.RequestAborted);
            return live is null
                ? await Refuse(context, scope, "the credential behind this token was revoked, has expired or its user is blocked: docker login with another one")
                : (live, token);
        }
        if (BasicCredentials.TryParse(header, out var basic))
        {
            return await credentials.Find(basic.Username, basic.Secret, ClientAddress.Of(context), context.RequestAborted) is { } caller
                ? (caller, null)
                : await Refuse(context, scope, TokenEndpoints.AccessDenied);
        }
        await challenge.Unauthenticated(context.Response, scope, "authentication required: docker login first", invalidToken: false);
        return null;
    }

    private async Task<(Caller, RegistryToken?)?> Refuse(HttpContext context, string? scope, string message)
    {
        await challenge.Unauthenticated(context.Response, scope, message, invalidToken: true);
        return null;
    }

    private async Task Ping(HttpContext context)
    {
        // Optional in the specification, but without it `docker manifest` (20.10) refuses: "unsupported registry version".
        context.Response.Headers["Docker-Distribution-Api-Version"] = "registry/2.0";
        if (await Authenticate(context, scope: null, uploadSession: false) is not null)
            await next(context);
    }

    private async Task Catalog(HttpContext context)
    {
        if (await Authenticate(context, Challenge.CatalogScope, uploadSession: false) is not var (caller, token))
            return;
        if (token is { CoversCatalog: false })
        {
            await challenge.InsufficientScope(context.Response, Challenge.CatalogScope, "the token was issued for something else than to list images: ask for a new one");
            return;
        }
        context.Features.Set(CatalogAccess.Grant(caller));
        await next(context);
    }
}

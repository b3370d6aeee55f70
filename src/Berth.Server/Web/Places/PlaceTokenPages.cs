using System.Globalization;
using Berth.Server.Access;
using Berth.Server.Configuration;
using Berth.Server.Database;
using Berth.Server.Http;
using Berth.Server.Projects;
using Berth.Server.Web.Account;

namespace Berth.Server.Web.Places;

/// <summary>The pages of the access tokens and the deploy tokens of a project or group.</summary>
internal sealed class PlaceTokenPages(OwnedTokens owned, AccessTokens tokens, DeployTokens deploy, TokenLifetimes lifetimes, BerthSettings settings, TimeProvider time)
{
    public const string AccessPage = "settings/access_tokens";
    public const string DeployPage = "settings/deploy_tokens";

    private static readonly IReadOnlyList<Choice> DeployScopes = [.. TokenForm.Scopes.Where(scope => DeployTokens.Scopes.Names().Contains(scope.Value))];

    public async Task<IResult> Show(TokenOwner owner, PlaceFrame frame, HttpContext context, FormView? form = null, NewTokenView? made = null)
    {
        var now = time.Micros();
        var rows = (await owned.List(owner, context.RequestAborted)).Where(row => row.IsActive(now)).Select(TokenForm.Line);
        var roles = MemberTerms.Roles.Where(role => role <= owner.Role).Select(role => new Choice(Text(role), role.ToString()));
        var most = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime).AddDays(settings.TokensMaxLifetime.Days);
        var view = new PlaceTokensView(frame, [.. rows], form ?? new FormView().With("scopes", "read_registry").With("access_level", Text(AccessLevel.Developer)), TokenForm.Scopes, [.. roles], TokenForm.Day(most), made);
        return PageResult.Of<PlaceTokensPage>(Viewer.Of(Session(context), time), view, form is null ? 200 : 422);
    }

    public async Task<IResult> Create(TokenOwner owner, PlaceFrame frame, HttpContext context)
    {
        var form = await FormView.Read(context);
        var role = MemberTerms.Roles.FirstOrDefault(known => known <= owner.Role && Text(known) == form["access_level"]);
        if (role == AccessLevel.None)
            form.Refuse("access_level", $"Choose a role up to your own, which is {owner.Role}.");
        if (TokenForm.Read(form, lifetimes, owner.ProjectId is null ? AccessTokenKind.Group : AccessTokenKind.Project, userId: 0) is not { } wanted || !form.IsGood)
            return await Show(owner, frame, context, form);
        var (row, secret) = await owned.Create(owner, wanted with { AccessLevel = (long)role });
        // The answer to the form itself: where a redirect led, the token would have to be kept.
        return await Show(owner, frame, context, made: new NewTokenView(row.Name, secret, "token", settings.RegistryHost));
    }

    public async Task<IResult> Revoke(TokenOwner owner, PlaceFrame frame, long token, HttpContext context) =>
        await tokens.Revoke(owner.Caller, token, row => OwnedTokens.IsOf(owner, row)) ? PageResult.SeeOther(frame.Url(AccessPage), PageNote.TokenRevoked) : Missing(frame, context);

    public async Task<IResult> ShowDeploy(TokenOwner owner, PlaceFrame frame, HttpContext context, FormView? form = null, NewTokenView? made = null)
    {
        var now = time.Micros();
        var rows = (await deploy.List(owner, context.RequestAborted)).Where(row => row.IsActive(now))
            .Select(row => new DeployTokenLine(row.Id, row.Name, row.Username, string.Join(", ", ((TokenScopes)row.Scopes).Names()), row.CreatedAt, row.ExpiresAt));
        var view = new DeployTokensView(frame, [.. rows], form ?? new FormView().With("scopes", "read_registry"), DeployScopes, made);
        return PageResult.Of<DeployTokensPage>(Viewer.Of(Session(context), time), view, form is null ? 200 : 422);
    }

    public async Task<IResult> CreateDeploy(TokenOwner owner, PlaceFrame frame, HttpContext context)
    {
        var form = await FormView.Read(context);
        var (end, _, refusal) = MemberTerms.ReadEnd(form["expires_at"], time);
        var username = form["username"].Trim() is { Length: > 0 } given ? given : null;
        var body = new NewDeployTokenBody(form["name"].Trim(), username, [.. form.All("scopes")], end is { } at ? Clock.FromMicros(at) : null);
        form.Refuse("expires_at", refusal);
        if (form.All("scopes").Count == 0)
            form.Refuse("scopes", "Choose at least one.");
        var (scopes, wrong) = body.Check(time);
        if (wrong is not null)
            form.Refuse(wrong.Field, wrong.Reason);
        if (!form.IsGood)
            return await ShowDeploy(owner, frame, context, form);
        var (row, secret) = await deploy.Create(owner, body.Name!, username, scopes, end);
        return await ShowDeploy(owner, frame, context, made: new NewTokenView(row.Name, secret, row.Username, settings.RegistryHost));
    }

    public async Task<IResult> RevokeDeploy(TokenOwner owner, PlaceFrame frame, long token, HttpContext context) =>
        await deploy.Revoke(owner, token) ? PageResult.SeeOther(frame.Url(DeployPage), PageNote.TokenRevoked) : Missing(frame, context);

    private static IResult Missing(PlaceFrame frame, HttpContext context)
    {
        PageRefusal.Set(context, 404, $"This {frame.Word} has no such token.");
        return Results.Empty;
    }

    private static string Text(AccessLevel role) => ((int)role).ToString(CultureInfo.InvariantCulture);

    private static Session? Session(HttpContext context) => context.Features.Get<ProjectPageAccess>()?.Session ?? context.Features.Get<PlacePageAccess>()?.Session;
}

using System.Globalization;
using Berth.Server.Access;
using Berth.Server.Access.Tokens;
using Berth.Server.Configuration;
using Berth.Server.Database;
using Berth.Server.Projects;
using Berth.Server.Web.Account;

namespace Berth.Server.Web.Places;

/// <summary>The pages of the access tokens and the deploy tokens of a project or group.</summary>
internal sealed class PlaceTokenPages(OwnedTokens owned, AccessTokens tokens, DeployTokens deploy, TokenLifetimes lifetimes, BerthSettings settings, TimeProvider time)
{
    public const string AccessPage = "settings/access_tokens";
    public const string DeployPage = "settings/deploy_tokens";

    private static readonly IReadOnlyList<Choice> DeployScopes = [.. TokenForm.Scopes.Where(scope => DeployTokens.Scopes.Names().Contains(scope.Value))];

    public async Task<IResult> Show(TokensPlace at, HttpContext context, FormView? form = null, NewTokenView? made = null)
    {
        var now = time.Micros();
        var rows = (await owned.List(at.Owner, context.RequestAborted)).Where(row => row.IsActive(now)).Select(TokenForm.Line);
        var roles = MemberTerms.Roles.Where(role => role <= at.Owner.Role).Select(role => new Choice(Text(role), role.ToString()));
        var most = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime).AddDays(settings.TokensMaxLifetime.Days);
        var view = new PlaceTokensView(at.Frame, [.. rows], form ?? new FormView().With("scopes", "read_registry").With("access_level", Text(AccessLevel.Developer)), TokenForm.Scopes, [.. roles], TokenForm.Day(most), made);
        return PageResult.Of<PlaceTokensPage>(Viewer.Of(at.Session, time), view, form is null ? 200 : 422);
    }

    public async Task<IResult> Create(TokensPlace at, HttpContext context)
    {
        var form = await FormView.Read(context);
        var role = MemberTerms.Roles.FirstOrDefault(known => known <= at.Owner.Role && Text(known) == form["access_level"]);
        if (role == AccessLevel.None)
            form.Refuse("access_level", $"Choose a role up to your own, which is {at.Owner.Role}.");
        if (TokenForm.Read(form, lifetimes, at.Owner.ProjectId is null ? AccessTokenKind.Group : AccessTokenKind.Project, userId: 0) is not { } wanted || !form.IsGood)
            return await Show(at, context, form);
        var (row, secret) = await owned.Create(at.Owner, wanted with { AccessLevel = (long)role });
        // The answer to the form itself: where a redirect led, the token would have to be kept.
        return await Show(at, context, made: new NewTokenView(row.Name, secret, "token", settings.RegistryHost));
    }

    public async Task<IResult> Revoke(TokensPlace at, long token, HttpContext context) =>
        await tokens.Revoke(at.Owner.Caller, token, row => OwnedTokens.IsOf(at.Owner, row)) ? PageResult.SeeOther(at.Frame.Url(AccessPage), PageNote.TokenRevoked) : Missing(at.Frame, context);

    public async Task<IResult> ShowDeploy(TokensPlace at, HttpContext context, FormView? form = null, NewTokenView? made = null)
    {
        var now = time.Micros();
        var rows = (await deploy.List(at.Owner, context.RequestAborted)).Where(row => row.IsActive(now))
            .Select(row => new DeployTokenLine(row.Id, row.Name, row.Username, string.Join(", ", ((TokenScopes)row.Scopes).Names()), row.CreatedAt, row.ExpiresAt));
        var view = new DeployTokensView(at.Frame, [.. rows], form ?? new FormView().With("scopes", "read_registry"), DeployScopes, made);
        return PageResult.Of<DeployTokensPage>(Viewer.Of(at.Session, time), view, form is null ? 200 : 422);
    }

    public async Task<IResult> CreateDeploy(TokensPlace at, HttpContext context)
    {
        var form = await FormView.Read(context);
        var (end, _, refusal) = MemberTerms.ReadEnd(form["expires_at"], time);
        var username = form["username"].Trim() is { Length: > 0 } given ? given : null;
        var body = new NewDeployTokenBody(form["name"].Trim(), username, [.. form.All("scopes")], end is { } ends ? Clock.FromMicros(ends) : null);
        form.Refuse("expires_at", refusal);
        if (form.All("scopes").Count == 0)
            form.Refuse("scopes", "Choose at least one.");
        var (scopes, wrong) = body.Check(time);
        if (wrong is not null)
            form.Refuse(wrong.Field, wrong.Reason);
        if (!form.IsGood)
            return await ShowDeploy(at, context, form);
        var (row, secret) = await deploy.Create(at.Owner, body.Name!, username, scopes, end);
        return await ShowDeploy(at, context, made: new NewTokenView(row.Name, secret, row.Username, settings.RegistryHost));
    }

    public async Task<IResult> RevokeDeploy(TokensPlace at, long token, HttpContext context) =>
        await deploy.Revoke(at.Owner, token) ? PageResult.SeeOther(at.Frame.Url(DeployPage), PageNote.TokenRevoked) : Missing(at.Frame, context);

    private static IResult Missing(PlaceFrame frame, HttpContext context) => PageResult.Refused(context, 404, $"This {frame.Word} has no such token.");

    private static string Text(AccessLevel role) => ((int)role).ToString(CultureInfo.InvariantCulture);
}

using Berth.Server.Access;
using Berth.Server.Access.Tokens;
using Berth.Server.Configuration;
using Berth.Server.Database;
using Berth.Server.Projects;
using Berth.Server.Web.Account;

namespace Berth.Server.Web.Places;

/// <summary>The page of the deploy tokens of a project or group.</summary>
internal sealed class DeployTokenPages(DeployTokens tokens, BerthSettings settings, TimeProvider time)
{
    public const string Page = "settings/deploy_tokens";

    private const int PageSize = 50;

    private static readonly IReadOnlyList<Choice> Scopes = [.. TokenForm.Scopes.Where(scope => DeployTokens.Scopes.Names().Contains(scope.Value))];

    public async Task<IResult> Show(TokensPlace at, HttpContext context, FormView? form = null, NewTokenView? made = null)
    {
        var page = PageQuery.Page(context, PageSize);
        var (rows, counted) = await tokens.Page(at.Owner, active: true, page, context.RequestAborted);
        var lines = rows.Select(row => new DeployTokenLine(row.Id, row.Name, row.Username, string.Join(", ", ((TokenScopes)row.Scopes).Names()), row.CreatedAt, row.ExpiresAt));
        var view = new DeployTokensView(at.Frame, [.. lines], PageQuery.Next(at.Frame.Url(Page), page, counted), form ?? new FormView().With("scopes", "read_registry"), Scopes, made);
        return PageResult.Of<DeployTokensPage>(Viewer.Of(at.Session, time), view, form is null ? 200 : 422);
    }

    public async Task<IResult> Create(TokensPlace at, HttpContext context)
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
            return await Show(at, context, form);
        var (row, secret) = await tokens.Create(at.Owner, body.Name!, username, scopes, end);
        return await Show(at, context, made: new NewTokenView(row.Name, secret, row.Username, settings.RegistryHost));
    }

    public async Task<IResult> Revoke(TokensPlace at, long token, HttpContext context) =>
        await tokens.Revoke(at.Owner, token) ? PageResult.SeeOther(at.Frame.Url(Page), PageNote.TokenRevoked) : at.Missing(context);
}

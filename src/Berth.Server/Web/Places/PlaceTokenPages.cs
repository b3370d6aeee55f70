using System.Globalization;
using Berth.Server.Access;
using Berth.Server.Access.Tokens;
using Berth.Server.Configuration;
using Berth.Server.Projects;
using Berth.Server.Web.Account;

namespace Berth.Server.Web.Places;

/// <summary>The page of the access tokens of a project or group.</summary>
internal sealed class PlaceTokenPages(OwnedTokens owned, AccessTokens tokens, AccessTokenList list, TokenLifetimes lifetimes, BerthSettings settings, TimeProvider time)
{
    public const string Page = "settings/access_tokens";

    private const int PageSize = 50;

    public async Task<IResult> Show(TokensPlace at, HttpContext context, FormView? form = null, NewTokenView? made = null)
    {
        var page = PageQuery.Page(context, PageSize);
        var (rows, counted) = await list.Owned(at.Owner, new AccessTokenFilter(UserId: null) { Active = true }, page, context.RequestAborted);
        var roles = MemberTerms.Roles.Where(role => role <= at.Owner.Role).Select(role => new Choice(Text(role), role.ToString()));
        var most = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime).AddDays(settings.TokensMaxLifetime.Days);
        var view = new PlaceTokensView(at.Frame, [.. rows.Select(TokenForm.Line)], PageQuery.Next(at.Frame.Url(Page), page, counted), form ?? new FormView().With("scopes", "read_registry").With("access_level", Text(AccessLevel.Developer)), TokenForm.Scopes, [.. roles], TokenForm.Day(most), made);
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
        await tokens.Revoke(at.Owner.Caller, token, row => OwnedTokens.IsOf(at.Owner, row)) ? PageResult.SeeOther(at.Frame.Url(Page), PageNote.TokenRevoked) : at.Missing(context);

    private static string Text(AccessLevel role) => ((int)role).ToString(CultureInfo.InvariantCulture);
}

using Berth.Server.Access;
using Berth.Server.Access.Tokens;
using Berth.Server.Configuration;

namespace Berth.Server.Web.Account;

/// <summary>/-/user_settings/personal_access_tokens, as GitLab's: one's own tokens, made, shown once, and revoked.</summary>
internal static class OwnTokenEndpoints
{
    public const string Path = "/-/user_settings/personal_access_tokens";

    private const int PageSize = 50;

    public static void MapOwnTokenPages(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, Show).WithMetadata(new AccessRule.Page());
        routes.MapPost(Path, Create).WithMetadata(new AccessRule.Page());
        routes.MapPost(Path + "/{id:long}/revoke", Revoke).WithMetadata(new AccessRule.Page());
    }

    private static Task<IResult> Show(PageAccess access, HttpContext context, AccessTokenList tokens, BerthSettings settings, TimeProvider time) =>
        Page(access, context, tokens, settings, time, new FormView().With("scopes", "read_registry", "write_registry"), 200);

    private static async Task<IResult> Create(PageAccess access, HttpContext context, AccessTokens tokens, AccessTokenList list, TokenLifetimes lifetimes, BerthSettings settings, TimeProvider time)
    {
        var form = await FormView.Read(context);
        if (TokenForm.Read(form, lifetimes, AccessTokenKind.Personal, access.Caller.UserId!.Value) is not { } wanted)
            return await Page(access, context, list, settings, time, form, 422);
        var (row, secret) = await tokens.Create(access.Api, wanted);
        // The answer to the form itself: where a redirect led, the token would have to be kept.
        return await Page(access, context, list, settings, time, new FormView().With("scopes", "read_registry", "write_registry"), 200, new NewTokenView(row.Name, secret, access.Caller.Username, settings.RegistryHost));
    }

    private static async Task<IResult> Revoke(PageAccess access, long id, HttpContext context, AccessTokens tokens)
    {
        if (await tokens.Revoke(access.Caller, id, row => row.UserId == access.Caller.UserId && row.Kind == (long)AccessTokenKind.Personal))
            return PageResult.SeeOther(Path, PageNote.TokenRevoked);
        return PageResult.Refused(context, 404, "You have no such token.");
    }

    private static async Task<IResult> Page(
        PageAccess access, HttpContext context, AccessTokenList tokens, BerthSettings settings, TimeProvider time, FormView form, int status, NewTokenView? made = null)
    {
        var page = PageQuery.Page(context, PageSize);
        var filter = new AccessTokenFilter(access.Caller.UserId) { Active = true, Sort = "created_desc" };
        var (rows, counted) = await tokens.Page(access.Api, filter, page, context.RequestAborted);
        var lines = rows.Where(row => row.Kind == (long)AccessTokenKind.Personal).Select(TokenForm.Line).ToList();
        var most = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime).AddDays(settings.TokensMaxLifetime.Days);
        return PageResult.Of<OwnTokensPage>(Viewer.Of(access.Session, time), new OwnTokensView(lines, PageQuery.Next(Path, page, counted), form, TokenForm.Scopes, TokenForm.Day(most), made), status);
    }
}

using Berth.Server.Access;
using Berth.Server.Access.Accounts;
using Berth.Server.Access.Login;
using Berth.Server.Access.Pages;
using Berth.Server.Configuration;
using Berth.Server.Http;

namespace Berth.Server.Web.Account;

/// <summary>/-/user_settings/password: a new password for who knows the old one. Its rules are those of PUT /api/v4/user/password.</summary>
internal static class PasswordEndpoints
{
    public const string Path = "/-/user_settings/password";

    public static void MapPasswordPage(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, Show).WithMetadata(new AccessRule.Page());
        routes.MapPost(Path, Change).WithMetadata(new AccessRule.Page());
    }

    private static IResult Show(PageAccess access, TimeProvider time) => Page(access, time, new FormView(), 200);

    private static async Task<IResult> Change(PageAccess access, HttpContext context, Credentials credentials, Users users, Sessions sessions, BerthSettings settings, TimeProvider time)
    {
        var form = await FormView.Read(context);
        var password = form["password"];
        if (Passwords.Refusal(password) is { } reason)
            return Page(access, time, form.Refuse("password", reason), 422);
        if (password != form["repeat"])
            return Page(access, time, form.Refuse("repeat", "The two new passwords differ."), 422);
        try
        {
            if (await credentials.FindPassword(access.Caller.Username, form["current"], access.Caller.Address, context.RequestAborted) is not { } proven)
                return Page(access, time, form.Refuse("current", "This is not your password."), 422);
            await users.ChangeOwnPassword(proven with { Address = access.Caller.Address }, password, context.RequestAborted);
        }
        catch (TooManyRequestsException wait)
        {
            wait.SetHeader(context.Response);
            return Page(access, time, form.Refuse("current", ErrorPages.Sentence(wait.Message)), wait.Status);
        }
        PageCookies.WriteSession(context.Response, settings, await sessions.Start(access.Caller));
        return PageResult.SeeOther(Path, PageNote.PasswordChanged);
    }

    private static IResult Page(PageAccess access, TimeProvider time, FormView form, int status) =>
        PageResult.Of<PasswordPage>(Viewer.Of(access.Session, time), form, status);
}

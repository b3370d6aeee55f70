using Berth.Server.Access;
using Berth.Server.Access.Login;
using Berth.Server.Access.Pages;
using Berth.Server.Configuration;
using Berth.Server.Http;
using Berth.Server.Web.Pages;
using Microsoft.AspNetCore.Http.Features;

namespace Berth.Server.Web;

/// <summary>/users/sign_in and /users/sign_out, as GitLab's.</summary>
internal static class SignInEndpoints
{
    public static void MapSignIn(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(PageAuthorizer.SignInPath, Show).WithMetadata(new AccessRule.Open("where people sign in"));
        routes.MapPost(PageAuthorizer.SignInPath, SignIn).WithMetadata(new AccessRule.Open("checks a user name and password"));
        routes.MapPost("/users/sign_out", SignOut).WithMetadata(new AccessRule.Page());
    }

    private static Task<IResult> Show(HttpContext context, Sessions sessions, BerthSettings settings, TimeProvider time) =>
        Form(context, sessions, settings, time, new SignInView("", ReturnPath(context.Request.Query["return_to"]), null));

    private static async Task<IResult> SignIn(HttpContext context, Sessions sessions, Credentials credentials, BerthSettings settings, TimeProvider time)
    {
        if (!context.Request.HasFormContentType)
            return await Form(context, sessions, settings, time, new SignInView("", "/", "Fill in the form below."), 415);
        var form = await context.Request.ReadFormAsync(new FormOptions { ValueCountLimit = RequestLimits.MaxFormFields }, context.RequestAborted);
        var (username, back) = (form["username"].ToString().Trim(), ReturnPath(form["return_to"]));
        if (!FormTokens.Accepts(context.Request, form, PageCookies.ReadSignIn(context.Request, settings), settings))
            return await Form(context, sessions, settings, time, new SignInView(username, back, "This form was too old, or your browser keeps no cookies of this site. Try once more."), 403);
        Caller? caller;
        try
        {
            caller = await credentials.FindPassword(username, form["password"].ToString(), ClientAddress.Of(context), context.RequestAborted);
        }
        catch (TooManyRequestsException wait)
        {
            wait.SetHeader(context.Response);
            return await Form(context, sessions, settings, time, new SignInView(username, back, ErrorPages.Sentence(wait.Message)), wait.Status);
        }
        if (caller is null)
        {
            await context.LogSignInRefused(username);
            return await Form(context, sessions, settings, time, new SignInView(username, back, "Wrong user name or password."), 422);
        }
        // Always a fresh session: one that was there before, whoever put it there, ends.
        if (await sessions.Find(PageCookies.ReadSession(context.Request, settings), context.RequestAborted) is { } before)
            await sessions.End(before);
        PageCookies.WriteSession(context.Response, settings, await sessions.Start(caller with { Address = ClientAddress.Of(context) }));
        PageCookies.DeleteSignIn(context.Response, settings);
        context.LogSignedIn(caller);
        return PageResult.SeeOther(back);
    }

    private static async Task<IResult> SignOut(PageAccess access, HttpContext context, Sessions sessions, BerthSettings settings)
    {
        await sessions.End(access.Session);
        PageCookies.DeleteSession(context.Response, settings);
        return PageResult.SeeOther(PageAuthorizer.SignInPath, PageNote.SignedOut);
    }

    private static async Task<IResult> Form(HttpContext context, Sessions sessions, BerthSettings settings, TimeProvider time, SignInView view, int status = 200)
    {
        var viewer = new Viewer(null, FormTokens.Of(PageCookies.EnsureSignIn(context, settings)), time.GetUtcNow());
        var hint = File.Exists(settings.InitialRootPasswordFile) && await sessions.RootNeverSignedIn(context.RequestAborted) ? settings.InitialRootPasswordFile : null;
        return PageResult.Of<SignInPage>(viewer, view with { PasswordFile = hint }, status);
    }

    private static string ReturnPath(string? given) => LocalPath.IsSafe(given) ? given! : "/";
}

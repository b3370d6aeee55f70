using System.Globalization;
using System.Security.Cryptography;
using Berth.Server.Configuration;
using Microsoft.AspNetCore.WebUtilities;

namespace Berth.Server.Access.Pages;

/// <summary>The cookies of pages: no script reads them, no other site's form brings them; over https only, where that is our address.</summary>
internal static class PageCookies
{
    private const string Session = "berth_session";

    /// <summary>What the sign-in form's token is bound to, before there is a session.</summary>
    private const string SignIn = "berth_sign_in";

    /// <summary>Which note the next page shows; see <see cref="WriteNote"/>.</summary>
    private const string Note = "berth_note";

    public static string? ReadSession(HttpRequest request, BerthSettings settings) => request.Cookies[Name(Session, settings)];

    public static void WriteSession(HttpResponse response, BerthSettings settings, string secret) =>
        response.Cookies.Append(Name(Session, settings), secret, Options(settings, Sessions.Lifetime));

    public static void DeleteSession(HttpResponse response, BerthSettings settings) => response.Cookies.Delete(Name(Session, settings), Options(settings, null));

    public static string? ReadSignIn(HttpRequest request, BerthSettings settings) => request.Cookies[Name(SignIn, settings)];

    /// <summary>The value that the browser has, or a fresh one that it gets.</summary>
    public static string EnsureSignIn(HttpContext context, BerthSettings settings)
    {
        if (ReadSignIn(context.Request, settings) is { Length: > 20 and < 100 } known)
            return known;
        var fresh = WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(32));
        context.Response.Cookies.Append(Name(SignIn, settings), fresh, Options(settings, null));
        return fresh;
    }

    public static void DeleteSignIn(HttpResponse response, BerthSettings settings) => response.Cookies.Delete(Name(SignIn, settings), Options(settings, null));

    /// <summary>A number for the next page, which has a minute to come.</summary>
    public static void WriteNote(HttpResponse response, BerthSettings settings, int note) =>
        response.Cookies.Append(Name(Note, settings), note.ToString(CultureInfo.InvariantCulture), Options(settings, TimeSpan.FromMinutes(1)));

    /// <summary>The number that the page before left, and takes it away; null if there is none.</summary>
    public static int? TakeNote(HttpContext context, BerthSettings settings)
    {
        if (context.Request.Cookies[Name(Note, settings)] is not { } text)
            return null;
        context.Response.Cookies.Delete(Name(Note, settings), Options(settings, null));
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var note) ? note : null;
    }

    /// <summary>__Host-: a browser takes it from this very host alone, and over https (RFC 6265bis, section 4.1.3).</summary>
    private static string Name(string name, BerthSettings settings) => IsSecure(settings) ? "__Host-" + name : name;

    private static bool IsSecure(BerthSettings settings) => settings.ExternalUrl.Scheme == Uri.UriSchemeHttps;

    private static CookieOptions Options(BerthSettings settings, TimeSpan? maxAge) =>
        new() { HttpOnly = true, SameSite = SameSiteMode.Lax, Secure = IsSecure(settings), Path = "/", MaxAge = maxAge, IsEssential = true };
}

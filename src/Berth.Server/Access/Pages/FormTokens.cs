using System.Security.Cryptography;
using System.Text;
using Berth.Server.Configuration;
using Microsoft.AspNetCore.WebUtilities;

namespace Berth.Server.Access.Pages;

/// <summary>
/// Tells our own forms from those that another site makes a browser send: each carries a MAC under the random value of the
/// browser's cookie, which no other site can read; and an Origin header, where there is one, has to be ours.
/// </summary>
internal static class FormTokens
{
    /// <summary>The field's name in forms.</summary>
    public const string Field = "form_token";

    /// <summary>The token that goes with a cookie's value.</summary>
    public static string Of(string secret) =>
        WebEncoders.Base64UrlEncode(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), "berth form"u8));

    /// <summary>Whether a request with this form comes from a page of ours.</summary>
    public static bool Accepts(HttpRequest request, IFormCollection form, string? secret, BerthSettings settings)
    {
        if (string.IsNullOrEmpty(secret) || !IsOurOrigin(request, settings))
            return false;
        return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(Of(secret)), Encoding.UTF8.GetBytes(form[Field].ToString()));
    }

    /// <summary>A browser that says where the form was must name us: by the address of the settings, or the one that it sent the request to.</summary>
    private static bool IsOurOrigin(HttpRequest request, BerthSettings settings)
    {
        var origin = request.Headers.Origin.ToString();
        return request.Headers["Sec-Fetch-Site"] != "cross-site"
            && (origin.Length == 0 || origin == settings.ExternalOrigin || origin == $"{request.Scheme}://{request.Host}");
    }
}

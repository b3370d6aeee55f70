using Berth.Server.Configuration;
using Berth.Server.Http;

namespace Berth.Server.Access.Registry;

/// <summary>
/// The 401 of the registry protocol: where to get a token, for what, and why the one at hand did not do. docker prints
/// error_description, podman and skopeo the body's message, so the cause stands in both.
/// </summary>
internal sealed class Challenge(BerthSettings settings)
{
    private readonly string _start = $"Bearer realm=\"{settings.RegistryExternalUrl.GetLeftPart(UriPartial.Authority)}/jwt/auth\",service=\"{RegistryTokens.Audience}\"";

    /// <summary>No credential, or none that is known.</summary>
    public Task Unauthenticated(HttpResponse response, string? scope, string message, bool invalidToken) =>
        Send(response, scope, invalidToken ? "invalid_token" : null, message, RegistryError.Unauthorized(message));

    /// <summary>A known credential that may not.</summary>
    public Task InsufficientScope(HttpResponse response, string? scope, string message) =>
        Send(response, scope, "insufficient_scope", message, RegistryError.Denied(message, status: 401));

    /// <summary>distribution's and GitLab's scope for the list of all images.</summary>
    public const string CatalogScope = "registry:catalog:*";

    /// <summary>What a client needs a token for that wants to do this one thing.</summary>
    public static string Scope(string name, RegistryActions action) => string.Concat("repository:", name, action switch
    {
        RegistryActions.Pull => ":pull",
        RegistryActions.Push => ":pull,push",
        RegistryActions.Delete => ":delete",
        _ => throw new ArgumentOutOfRangeException(nameof(action), action, "Several, or none."),
    });

    private Task Send(HttpResponse response, string? scope, string? error, string message, RegistryError body)
    {
        var value = _start;
        if (scope is not null)
            value += $",scope=\"{Quote(scope)}\"";
        if (error is not null)
            value += $",error=\"{error}\",error_description=\"{Quote(message)}\"";
        response.Headers.WWWAuthenticate = value;
        return body.Write(response);
    }

    private static string Quote(string text) => RegistryError.Ascii(text).Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
}

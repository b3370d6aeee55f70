using Berth.Server.Configuration;

namespace Berth.Server.Http;

/// <summary>Where the registry has a host or port of its own, nothing else is served there: no page shares an origin with images.</summary>
internal sealed class RegistryHostFilter(RequestDelegate next, BerthSettings settings)
{
    private readonly Uri? _registryOnly = settings.RegistryExternalUrl.Authority == settings.ExternalUrl.Authority ? null : settings.RegistryExternalUrl;

    /// <summary>The registry's host as ASP.NET gives that of a request: an international name in its own letters.</summary>
    private readonly string _host = HostString.FromUriComponent(settings.RegistryExternalUrl.Host.TrimEnd('.')).Host;

    public Task Invoke(HttpContext context)
    {
        if (_registryOnly is { } registry && IsRegistry(context.Request.Host, registry) && !IsRegistryPath(context.Request.Path))
            return RegistryError.Unknown(404, $"This host serves images alone; everything else is at {settings.ExternalUrl}").Write(context.Response);
        return next(context);
    }

    /// <summary>A Host header without a port means the default port of the address that clients use, whatever a proxy speaks to us.</summary>
    private bool IsRegistry(HostString host, Uri registry) =>
        (host.Port ?? (registry.Scheme == Uri.UriSchemeHttps ? 443 : 80)) == registry.Port
        && host.Host.AsSpan().TrimEnd('.').Equals(_host, StringComparison.OrdinalIgnoreCase);

    private static bool IsRegistryPath(PathString path) =>
        path.StartsWithSegments("/v2") || path == "/jwt/auth" || path == "/-/liveness" || path == "/-/readiness" || path == "/-/ca.pem";
}

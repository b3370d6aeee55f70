using Berth.Server.Configuration;

namespace Berth.Server.Http;

/// <summary>Where the registry has a host or port of its own, nothing else is served there: no page shares an origin with images.</summary>
internal sealed class RegistryHostFilter(RequestDelegate next, BerthSettings settings)
{
    private readonly Uri? _registryOnly = settings.RegistryExternalUrl.Authority == settings.ExternalUrl.Authority ? null : settings.RegistryExternalUrl;

    public Task Invoke(HttpContext context)
    {
        if (_registryOnly is { } registry && IsAt(registry, context.Request.Host) && !IsRegistryPath(context.Request.Path))
            return RegistryError.Unknown(404, $"This host serves images alone; everything else is at {settings.ExternalUrl}").Write(context.Response);
        return next(context);
    }

    /// <summary>Clients leave the scheme's default port out of the Host header.</summary>
    private static bool IsAt(Uri registry, HostString host) => string.Equals(host.Host, registry.IdnHost, StringComparison.OrdinalIgnoreCase)
        && (host.Port is { } port ? port == registry.Port : registry.IsDefaultPort);

    private static bool IsRegistryPath(PathString path) =>
        path.StartsWithSegments("/v2") || path == "/jwt/auth" || path == "/-/liveness" || path == "/-/readiness" || path == "/-/ca.pem";
}

using System.Net;

namespace Berth.Server.Configuration;

/// <summary>How the settings that are URLs are read, and what their hosts mean.</summary>
internal static class SettingUrls
{
    private const string ListenUrlAllowed = "allowed is http or https with localhost, an IP address or *, such as " + SettingDefinitions.DefaultHttpUrl;
    private const string ExternalUrlAllowed = "allowed is http or https, a host and perhaps a port, such as https://registry.example.com";

    /// <summary>The addresses of the setting Urls. <c>*</c> and <c>+</c> become <c>[::]</c>, which Kestrel binds for IPv4 too.</summary>
    public static IReadOnlyList<Uri> ParseListenUrls(string text)
    {
        var urls = text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(ParseListenUrl).ToArray();
        if (urls.Length == 0)
            throw new FormatException($"there is no address in it; {ListenUrlAllowed}");
        if (urls.GroupBy(url => (url.Host, url.Port)).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw new FormatException($"{twice.Key.Host} port {twice.Key.Port} is there twice");
        return urls;
    }

    /// <summary>An address that clients use, without path; the host in ASCII.</summary>
    public static Uri ParseExternalUrl(string text)
    {
        var url = ParseHttp(text, ExternalUrlAllowed);
        if (url.AbsolutePath != "/" || text.Contains('?') || text.Contains('#'))
            throw new FormatException($"{SettingsException.Quote(text)} has more than scheme, host and port; {ExternalUrlAllowed}");
        if (IsAnyAddress(url) || url.Port == 0)
            throw new FormatException($"{SettingsException.Quote(text)} is no address that a client can use; {ExternalUrlAllowed}");
        return url.HostNameType == UriHostNameType.Dns ? new UriBuilder(url) { Host = url.IdnHost }.Uri : url;
    }

    /// <summary>An address that this server sends to, with or without a path.</summary>
    public static Uri ParseEndpoint(string text) => ParseHttp(text, "allowed is an http or https URL, such as http://localhost:4317");

    /// <summary>Whether the host means every address of this machine.</summary>
    public static bool IsAnyAddress(Uri url) => Address(url) is { } address && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any));

    /// <summary>Whether only this machine can reach the host: localhost and below it (RFC 6761, section 6.3), 127.0.0.0/8, ::1.</summary>
    public static bool IsLoopback(Uri url) => Address(url) is { } address
        ? IPAddress.IsLoopback(address)
        : IsLocalhost(url.Host.TrimEnd('.'));

    /// <summary>The IP address that the host is; null if it is a name. An IPv4 address written as IPv6 comes as IPv4.</summary>
    public static IPAddress? Address(Uri url) => url.HostNameType is UriHostNameType.IPv4 or UriHostNameType.IPv6
        ? IPAddress.Parse(url.Host) is { IsIPv4MappedToIPv6: true } mapped ? mapped.MapToIPv4() : IPAddress.Parse(url.Host)
        : null;

    /// <summary>
    /// Whether an image name can begin with the host. Docker and its kin take a first component without dot or colon for a
    /// Docker Hub user, and no host with an underscore (distribution/reference, "domain").
    /// </summary>
    public static bool CanBeginImageName(Uri url) =>
        Address(url) is not null
        || !url.Host.Contains('_') && (!url.IsDefaultPort || url.Host.Contains('.') || url.Host == "localhost");

    private static bool IsLocalhost(string host) => host == "localhost" || host.EndsWith(".localhost", StringComparison.Ordinal);

    private static Uri ParseListenUrl(string text)
    {
        var url = ParseHttp(WithAddressForWildcard(text), ListenUrlAllowed);
        if (url.PathAndQuery != "/" || url.Fragment.Length > 0)
            throw new FormatException($"{SettingsException.Quote(text)} has more than scheme, host and port; {ListenUrlAllowed}");
        // Kestrel would take any other name for every address of the machine, which nobody means.
        if (Address(url) is null && url.Host != "localhost")
            throw new FormatException($"{SettingsException.Quote(text)} names a host; {ListenUrlAllowed} (the name belongs in ExternalUrl)");
        return url;
    }

    private static string WithAddressForWildcard(string text)
    {
        var host = text.IndexOf("://", StringComparison.Ordinal) + 3;
        return host > 2 && host < text.Length && text[host] is '*' or '+' && (host + 1 == text.Length || text[host + 1] is ':' or '/')
            ? $"{text[..host]}[::]{text[(host + 1)..]}"
            : text;
    }

    private static Uri ParseHttp(string text, string allowed)
    {
        var wellFormed = Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Host.Length > 0 && text.Contains("://", StringComparison.Ordinal);
        if (!wellFormed || url!.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps)
            throw new FormatException($"{SettingsException.Quote(text)} is not such a URL; {allowed}");
        if (url.UserInfo.Length > 0)
            throw new FormatException($"{SettingsException.Quote(text)} holds a user name; {allowed}");
        return url;
    }
}

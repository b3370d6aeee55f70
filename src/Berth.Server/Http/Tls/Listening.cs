using System.Net;
using System.Net.Security;
using Berth.Server.Configuration;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Berth.Server.Http.Tls;

/// <summary>Binds Kestrel to the addresses of the setting Urls.</summary>
internal static class Listening
{
    /// <summary>Listens on <paramref name="urls"/>; their https ones show <paramref name="certificate"/>, which may be null without any.</summary>
    public static void ListenOn(this KestrelServerOptions kestrel, IReadOnlyList<Uri> urls, ServerCertificate? certificate)
    {
        foreach (var url in urls)
        {
            if (SettingUrls.IsAnyAddress(url) && SettingUrls.Address(url)!.Equals(IPAddress.IPv6Any))
                kestrel.ListenAnyIP(url.Port, Configure);
            else if (SettingUrls.Address(url) is { } address)
                kestrel.Listen(address, url.Port, Configure);
            else
                kestrel.ListenLocalhost(url.Port, Configure);

            void Configure(ListenOptions listen)
            {
                if (url.Scheme == Uri.UriSchemeHttps)
                    listen.UseHttps(HandshakeOptions(certificate ?? throw new InvalidOperationException("An https address needs a certificate.")));
            }
        }
    }

    /// <summary>
    /// The callback rather than ServerCertificateSelector: only it can hand over the intermediates, without which clients
    /// can't check a certificate of a public CA.
    /// </summary>
    private static TlsHandshakeCallbackOptions HandshakeOptions(ServerCertificate certificate) => new()
    {
        OnConnection = _ => ValueTask.FromResult(new SslServerAuthenticationOptions { ServerCertificateContext = certificate.Context }),
    };
}

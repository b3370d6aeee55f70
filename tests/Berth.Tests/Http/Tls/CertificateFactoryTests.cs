using System.Security.Cryptography.X509Certificates;
using Berth.Server.Http.Tls;

namespace Berth.Tests.Http.Tls;

public sealed class CertificateFactoryTests
{
    private static readonly DateTimeOffset Now = new(2028, 2, 29, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_CA_signs_certificates_and_nothing_else()
    {
        using var authority = CertificateFactory.CreateAuthority(Now);
        var constraints = authority.Extensions.OfType<X509BasicConstraintsExtension>().Single();
        Assert.True(constraints is { Critical: true, CertificateAuthority: true, HasPathLengthConstraint: true, PathLengthConstraint: 0 });
        var usage = authority.Extensions.OfType<X509KeyUsageExtension>().Single();
        Assert.True(usage.Critical);
        Assert.Equal(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, usage.KeyUsages);
        Assert.Equal(Now.AddHours(-1).AddYears(10), authority.NotAfter.ToUniversalTime());
        Assert.Equal(Now.AddHours(-1), authority.NotBefore.ToUniversalTime());
    }

    [Fact]
    public void Two_CAs_differ_in_name()
    {
        using var one = CertificateFactory.CreateAuthority(Now);
        using var other = CertificateFactory.CreateAuthority(Now);
        Assert.Matches("^CN=Berth CA [0-9a-f]{8}$", one.Subject);
        Assert.NotEqual(one.Subject, other.Subject);
    }

    [Fact]
    public void The_server_certificate_holds_names_and_addresses_and_is_good_under_its_CA()
    {
        using var authority = CertificateFactory.CreateAuthority(Now);
        using var server = CertificateFactory.CreateServer(authority, ["berth.example.com", "xn--bcher-kva.example", "10.0.0.5", "::1"], Now);
        var names = server.Extensions.OfType<X509SubjectAlternativeNameExtension>().Single();
        Assert.Equal(["berth.example.com", "xn--bcher-kva.example"], names.EnumerateDnsNames());
        Assert.Equal(["10.0.0.5", "::1"], names.EnumerateIPAddresses().Select(address => address.ToString()));
        Assert.Equal(X509ChainStatusFlags.NoError, Pem.Verify(server, authority, Now));
        Assert.True(server.HasPrivateKey);
        Assert.False(server.Extensions.OfType<X509BasicConstraintsExtension>().Single().CertificateAuthority);
    }

    [Fact]
    public void The_server_certificate_is_good_for_a_client_whose_clock_is_an_hour_slow_and_for_no_more_than_398_days()
    {
        using var authority = CertificateFactory.CreateAuthority(Now);
        using var server = CertificateFactory.CreateServer(authority, ["localhost"], Now);
        Assert.Equal(X509ChainStatusFlags.NoError, Pem.Verify(server, authority, Now.AddHours(-1)));
        Assert.Equal(X509ChainStatusFlags.NoError, Pem.Verify(server, authority, Now.AddDays(396)));
        Assert.True(Pem.Verify(server, authority, Now.AddDays(397)).HasFlag(X509ChainStatusFlags.NotTimeValid));
        Assert.True(server.NotAfter - server.NotBefore <= TimeSpan.FromDays(398));
    }

    [Theory]
    [InlineData(100)]
    [InlineData(396)]
    public void The_server_certificate_never_outlives_its_CA(int daysBeforeTheEnd)
    {
        using var authority = CertificateFactory.CreateAuthority(Now);
        using var server = CertificateFactory.CreateServer(authority, ["localhost"], authority.NotAfter.ToUniversalTime().AddDays(-daysBeforeTheEnd));
        Assert.Equal(authority.NotAfter, server.NotAfter);
    }

    [Fact]
    public void Another_CA_does_not_vouch_for_it()
    {
        using var authority = CertificateFactory.CreateAuthority(Now);
        using var other = CertificateFactory.CreateAuthority(Now);
        using var server = CertificateFactory.CreateServer(authority, ["localhost"], Now);
        Assert.NotEqual(X509ChainStatusFlags.NoError, Pem.Verify(server, other, Now));
    }

    [Fact]
    public void Serial_numbers_are_positive_and_differ()
    {
        using var authority = CertificateFactory.CreateAuthority(Now);
        var serials = Enumerable.Range(0, 20).Select(_ =>
        {
            using var server = CertificateFactory.CreateServer(authority, ["localhost"], Now);
            return server.SerialNumberBytes.ToArray();
        }).ToArray();
        Assert.All(serials, serial => Assert.True(serial.Length == 16 && serial[0] is > 0 and < 0x80));
        Assert.Equal(20, serials.Select(Convert.ToHexString).Distinct().Count());
    }
}

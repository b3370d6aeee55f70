using Berth.Server.Configuration;
using Berth.Server.Http.Tls;
using Berth.Tests.Configuration;
using Microsoft.Extensions.Time.Testing;

namespace Berth.Tests.Http.Tls;

public sealed class ServerCertificateTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly SettingsFixture _fixture = new();
    private readonly FakeTimeProvider _time = new(Now);
    private readonly RecordedLog<ServerCertificate> _log = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void With_Tls_off_there_is_none() => Assert.Null(Create());

    [Fact]
    public void Changed_files_are_served_after_10_seconds()
    {
        var certificate = Files(Pem.Make(Now))!;
        var first = certificate.Leaf.Thumbprint;
        Write(Pem.Make(Now));
        _time.Advance(ServerCertificate.CheckInterval - TimeSpan.FromTicks(1));
        Assert.Equal(first, certificate.Leaf.Thumbprint);
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.NotEqual(first, certificate.Leaf.Thumbprint);
        Assert.Equal(certificate.Leaf.Thumbprint, certificate.Context.TargetCertificate.Thumbprint);
        Assert.Single(_log.Lines, line => line.StartsWith("Information: Serving the certificate ", StringComparison.Ordinal));
    }

    [Fact]
    public void Files_that_went_bad_are_logged_once_and_the_current_certificate_stays()
    {
        var certificate = Files(Pem.Make(Now))!;
        var first = certificate.Leaf.Thumbprint;
        File.Delete(Path.Combine(_fixture.Directory, "server.key"));
        for (var i = 0; i < 3; i++)
        {
            _time.Advance(ServerCertificate.CheckInterval);
            Assert.Equal(first, certificate.Leaf.Thumbprint);
        }
        Assert.StartsWith("Warning: The new certificate can't be used (", Assert.Single(_log.Lines));
        Write(Pem.Make(Now));
        _time.Advance(ServerCertificate.CheckInterval);
        Assert.NotEqual(first, certificate.Leaf.Thumbprint);
    }

    [Fact]
    public void A_certificate_that_has_ended_is_served_with_a_warning()
    {
        Assert.NotNull(Files(Pem.Make(Now.AddYears(-2))));
        Assert.StartsWith("Warning: The certificate ended at ", Assert.Single(_log.Lines));
    }

    [Theory]
    [InlineData("Tls__Certificate (not set): Tls is files, which needs", "--Tls=files")]
    [InlineData("Tls__Key (not set): Tls is files, which needs", "--Tls=files", "--Tls__Certificate=server.pem")]
    [InlineData("Tls__Key (command line): the file ", "--Tls=files", "--Tls__Certificate=server.pem", "--Tls__Key=missing.key")]
    [InlineData("Tls__Certificate (command line): ", "--Tls=files", "--Tls__Certificate=server.key", "--Tls__Key=server.key")]
    [InlineData("Tls__Certificate (command line): ", "--Tls=files", "--Tls__Certificate=server.pem", "--Tls__Key=other.key")]
    public void Files_that_cannot_be_served_stop_the_start(string problem, params string[] args)
    {
        Write(Pem.Make(Now));
        var key = Pem.Make(Now).Key;
        _fixture.WriteFile("other.key", key);
        var message = _fixture.Refusal(args);
        Assert.StartsWith(problem, message);
        Assert.DoesNotContain(key.Split('\n')[1], message);
    }

    [Fact]
    public void A_damaged_CA_stops_the_start_with_one_line()
    {
        Create("--Tls=self-signed");
        _fixture.WriteFile("data/tls/ca.key", "");
        var message = Assert.Throws<SettingsException>(() => Create("--Tls=self-signed")).Message;
        Assert.StartsWith("Tls: ", message);
        Assert.Contains("are no CA with its key", message);
    }

    [Fact]
    public void Self_signed_shows_its_CA_and_the_fingerprint_that_openssl_prints()
    {
        var certificate = Create("--Tls=self-signed")!;
        Assert.Equal(File.ReadAllText(Path.Combine(_fixture.Directory, "data/tls/ca.pem")), certificate.AuthorityPem);
        Assert.Matches("^([0-9A-F]{2}:){31}[0-9A-F]{2}$", certificate.AuthorityFingerprint);
        var files = Files(Pem.Make(Now))!;
        Assert.Null(files.AuthorityPem);
        Assert.Null(files.AuthorityFingerprint);
    }

    [Fact]
    public void A_long_run_renews_the_self_signed_certificate_under_the_same_CA()
    {
        var certificate = Create("--Tls=self-signed")!;
        var authority = certificate.AuthorityFingerprint;
        var seen = new HashSet<string>();
        for (var day = 0; day < 5 * 365; day++)
        {
            _time.Advance(TimeSpan.FromDays(1));
            seen.Add(certificate.Leaf.Thumbprint);
            Assert.True(certificate.Leaf.NotAfter.ToUniversalTime() > _time.GetUtcNow().UtcDateTime.AddDays(29));
        }
        Assert.Equal(authority, certificate.AuthorityFingerprint);
        Assert.Equal(5, seen.Count);
    }

    [Theory]
    [InlineData("127.0.0.1 ::1 localhost")]
    [InlineData("10.0.0.5 127.0.0.1 ::1 berth.example.com localhost", "--Urls=https://10.0.0.5", "--ExternalUrl=https://berth.example.com")]
    [InlineData("127.0.0.1 ::1 berth.example.com localhost registry.example.com", "--Urls=https://*:443", "--ExternalUrl=https://berth.example.com.", "--RegistryExternalUrl=https://registry.example.com:5000")]
    [InlineData("127.0.0.1 2001:db8::1 ::1 localhost", "--Urls=https://[2001:db8::1]", "--ExternalUrl=https://[2001:db8:0::1]")]
    [InlineData("127.0.0.1 ::1 localhost xn--bcher-kva.example", "--ExternalUrl=https://bücher.example")]
    public void It_certifies_the_external_names_and_this_machines_own(string names, params string[] args) =>
        Assert.Equal(names.Split(' ').Order(StringComparer.Ordinal), ServerCertificate.Names(_fixture.Load(["--Tls=self-signed", .. args])));

    private ServerCertificate? Create(params string[] args) => ServerCertificate.Create(_fixture.Load(args), _time, _log);

    private ServerCertificate? Files((string Certificate, string Authority, string Key) pem)
    {
        Write(pem);
        return Create("--Tls=files", "--Tls__Certificate=server.pem", "--Tls__Key=server.key");
    }

    private void Write((string Certificate, string Authority, string Key) pem)
    {
        _fixture.WriteFile("server.pem", pem.Certificate);
        _fixture.WriteFile("server.key", pem.Key);
    }
}

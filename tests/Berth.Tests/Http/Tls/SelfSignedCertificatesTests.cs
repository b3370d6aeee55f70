using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Berth.Server.Http.Tls;
using Berth.Tests.Storage;
using Microsoft.Extensions.Time.Testing;

namespace Berth.Tests.Http.Tls;

public sealed class SelfSignedCertificatesTests : IDisposable
{
    private static readonly string[] Names = ["berth.example.com", "127.0.0.1", "::1"];

    private readonly TemporaryDirectory _directory = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly RecordedLog<SelfSignedCertificates> _log = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void The_first_start_makes_a_CA_and_a_certificate_with_keys_that_only_the_owner_reads()
    {
        var (served, authority) = Start();
        Assert.Equal(X509ChainStatusFlags.NoError, Pem.Verify(served, authority, _time.GetUtcNow()));
        Assert.False(authority.HasPrivateKey);
        Assert.Equal(["ca.key", "ca.pem", "server.key", "server.pem"], Directory.EnumerateFiles(_directory["tls"]).Select(path => Path.GetFileName(path)).Order());
        foreach (var key in new[] { "ca.key", "server.key" })
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_directory[$"tls/{key}"]));
        Assert.Equal(authority.Thumbprint, X509CertificateLoader.LoadCertificateFromFile(_directory["tls/ca.pem"]).Thumbprint);
    }

    [Fact]
    public void A_restart_serves_the_same_certificate()
    {
        var first = Start();
        _time.Advance(TimeSpan.FromDays(300));
        var second = Start();
        Assert.Equal(first.Served.Thumbprint, second.Served.Thumbprint);
        Assert.Equal(first.Authority.Thumbprint, second.Authority.Thumbprint);
    }

    [Fact]
    public void A_running_server_renews_when_30_days_are_left_and_keeps_the_CA()
    {
        var certificates = New();
        var first = certificates.Check(null)!;
        _time.SetUtcNow(first.NotAfter.AddDays(-30));
        Assert.Null(certificates.Check(first));
        _time.Advance(TimeSpan.FromSeconds(1));
        var second = certificates.Check(first)!;
        Assert.NotEqual(first.Leaf.Thumbprint, second.Leaf.Thumbprint);
        Assert.Equal(X509ChainStatusFlags.NoError, Pem.Verify(second.Leaf, certificates.Authority!, _time.GetUtcNow()));
        Assert.Equal(X509ChainStatusFlags.NoError, Pem.Verify(first.Leaf, certificates.Authority!, _time.GetUtcNow()));
        Assert.Null(certificates.Check(second));
    }

    [Theory]
    [InlineData(true, "berth.example.com", "127.0.0.1", "0:0:0:0:0:0:0:1")]
    [InlineData(true, "::1", "BERTH.example.com", "127.0.0.1")]
    [InlineData(false, "berth.example.com", "127.0.0.1")]
    [InlineData(false, "berth.example.com", "127.0.0.1", "::1", "registry.example.com")]
    public void Other_names_get_another_certificate_of_the_same_CA(bool same, params string[] names)
    {
        var first = Start();
        var second = Start(names);
        Assert.Equal(same, first.Served.Thumbprint == second.Served.Thumbprint);
        Assert.Equal(first.Authority.Thumbprint, second.Authority.Thumbprint);
        Assert.Equal(X509ChainStatusFlags.NoError, Pem.Verify(second.Served, first.Authority, _time.GetUtcNow()));
    }

    [Fact]
    public void A_CA_that_ends_is_replaced_with_a_warning_and_so_is_its_certificate()
    {
        var first = Start();
        _time.SetUtcNow(first.Authority.NotAfter.ToUniversalTime().AddDays(-30));
        Assert.Equal(first.Authority.Thumbprint, Start().Authority.Thumbprint);
        _time.Advance(TimeSpan.FromSeconds(1));
        var (served, authority) = Start();
        Assert.NotEqual(first.Authority.Thumbprint, authority.Thumbprint);
        Assert.Equal(X509ChainStatusFlags.NoError, Pem.Verify(served, authority, _time.GetUtcNow()));
        Assert.Contains(_log.Lines, line => line.StartsWith("Warning: The CA ends at ", StringComparison.Ordinal));
    }

    [Fact]
    public void A_crash_while_a_CA_that_ends_is_replaced_leaves_a_start_that_makes_one()
    {
        var first = Start();
        _time.SetUtcNow(first.Authority.NotAfter.ToUniversalTime().AddDays(-1));
        // What would be written after the key cannot be: as if the power went between the two.
        Directory.CreateDirectory(_directory["tls/ca.pem.new"]);
        Assert.ThrowsAny<Exception>(() => Start());
        Directory.Delete(_directory["tls/ca.pem.new"]);
        var (served, authority) = Start();
        Assert.Equal(X509ChainStatusFlags.NoError, Pem.Verify(served, authority, _time.GetUtcNow()));
    }

    [Theory]
    [InlineData("ca.pem", "")]
    [InlineData("ca.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")]
    [InlineData("ca.key", "")]
    [InlineData("ca.key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")]
    [InlineData("ca.key", null)]
    public void A_damaged_CA_is_refused_and_not_replaced(string file, string? content)
    {
        Start();
        Write(file, content);
        var before = Content();
        var message = Assert.Throws<CryptographicException>(() => Start()).Message;
        Assert.Contains($"{_directory["tls/ca.pem"]} and ca.key beside it are no CA with its key", message);
        Assert.Contains("restore them, or remove both", message);
        Assert.Equal(before, Content());
    }

    [Fact]
    public void A_CA_with_another_ones_key_is_refused()
    {
        Start();
        Write("ca.key", Pem.Make(_time.GetUtcNow()).Key);
        Assert.Throws<CryptographicException>(() => Start());
    }

    [Theory]
    [InlineData("server.pem", "")]
    [InlineData("server.pem", null)]
    [InlineData("server.key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")]
    [InlineData("server.key", null)]
    public void A_damaged_server_certificate_is_made_anew(string file, string? content)
    {
        var first = Start();
        Write(file, content);
        var second = Start();
        Assert.NotEqual(first.Served.Thumbprint, second.Served.Thumbprint);
        Assert.Equal(X509ChainStatusFlags.NoError, Pem.Verify(second.Served, first.Authority, _time.GetUtcNow()));
    }

    [Fact]
    public void After_both_files_of_the_CA_are_removed_all_is_made_anew()
    {
        var first = Start();
        Write("ca.pem", null);
        Write("ca.key", null);
        var second = Start();
        Assert.NotEqual(first.Authority.Thumbprint, second.Authority.Thumbprint);
        Assert.Equal(X509ChainStatusFlags.NoError, Pem.Verify(second.Served, second.Authority, _time.GetUtcNow()));
    }

    private SelfSignedCertificates New(params string[] names) => new(_directory["tls"], names.Length > 0 ? names : Names, _time, _log);

    private (X509Certificate2 Served, X509Certificate2 Authority) Start(params string[] names)
    {
        var certificates = New(names);
        return (certificates.Check(null)!.Leaf, certificates.Authority!);
    }

    private void Write(string file, string? content)
    {
        var path = _directory[$"tls/{file}"];
        if (content is null)
            File.Delete(path);
        else
            File.WriteAllText(path, content);
    }

    private string[] Content() => [.. Directory.EnumerateFiles(_directory["tls"]).Order().Select(path => $"{path}: {File.ReadAllText(path)}")];
}

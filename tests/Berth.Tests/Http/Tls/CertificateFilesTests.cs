using System.Security.Cryptography;
using Berth.Server.Http.Tls;
using Berth.Tests.Storage;

namespace Berth.Tests.Http.Tls;

public sealed class CertificateFilesTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly TemporaryDirectory _directory = new();
    private readonly (string Certificate, string Authority, string Key) _first = Pem.Make(Now);
    private readonly (string Certificate, string Authority, string Key) _second = Pem.Make(Now);
    private readonly CertificateFiles _files;

    public CertificateFilesTests()
    {
        _files = new CertificateFiles(_directory["server.pem"], _directory["server.key"]);
        Write(_first.Certificate + _first.Authority, _first.Key);
    }

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void The_files_are_served_with_their_intermediates()
    {
        var (certificate, intermediate, key) = Pem.MakeWithIntermediate(Now);
        Write(certificate + intermediate, key);
        var served = _files.Check(null)!;
        Assert.True(served.Leaf.HasPrivateKey);
        Assert.Equal(certificate.Trim(), served.Leaf.ExportCertificatePem());
        Assert.Equal((served.Leaf.NotBefore.ToUniversalTime(), served.Leaf.NotAfter.ToUniversalTime()), (served.NotBefore.UtcDateTime, served.NotAfter.UtcDateTime));
        Assert.Equal([intermediate.Trim()], served.Context.IntermediateCertificates.Select(sent => sent.ExportCertificatePem()));
    }

    [Fact]
    public void Changed_files_are_read_anew_and_unchanged_ones_are_not()
    {
        var first = _files.Check(null);
        Assert.Null(_files.Check(first));
        Write(_second.Certificate, _second.Key);
        Assert.Equal(_second.Certificate.Trim(), _files.Check(first)!.Leaf.ExportCertificatePem());
    }

    [Fact]
    public void A_change_that_leaves_the_times_as_they_were_is_seen()
    {
        var first = _files.Check(null);
        var time = File.GetLastWriteTimeUtc(_directory["server.pem"]);
        Write(_second.Certificate, _second.Key);
        File.SetLastWriteTimeUtc(_directory["server.pem"], time);
        File.SetLastWriteTimeUtc(_directory["server.key"], time);
        Assert.NotNull(_files.Check(first));
    }

    [Fact]
    public void A_pair_that_is_half_changed_is_refused_once_and_taken_when_it_is_whole()
    {
        var first = _files.Check(null);
        Write(_second.Certificate, _first.Key);
        Assert.Throws<CryptographicException>(() => _files.Check(first));
        Assert.Null(_files.Check(first));
        Write(_second.Certificate, _second.Key);
        Assert.NotNull(_files.Check(first));
    }

    [Fact]
    public void A_missing_file_is_an_IOException()
    {
        File.Delete(_directory["server.key"]);
        Assert.Throws<FileNotFoundException>(() => _files.Check(null));
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("no PEM", null)]
    [InlineData(null, "")]
    [InlineData(null, "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")]
    public void What_is_no_pair_is_a_CryptographicException(string? certificate, string? key) =>
        Assert.Throws<CryptographicException>(() => ServedCertificate.FromPem(certificate ?? _first.Certificate, key ?? _first.Key));

    [Fact]
    public void An_encrypted_key_is_refused()
    {
        using var key = ECDsa.Create();
        key.ImportFromPem(_first.Key);
        var encrypted = key.ExportEncryptedPkcs8PrivateKeyPem("password", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000));
        Assert.Throws<CryptographicException>(() => ServedCertificate.FromPem(_first.Certificate, encrypted));
    }

    private void Write(string certificate, string key)
    {
        File.WriteAllText(_directory["server.pem"], certificate);
        File.WriteAllText(_directory["server.key"], key);
    }
}

using Berth.Server.Configuration;
using CsCheck;

namespace Berth.Tests.Configuration;

/// <summary>Each setting by itself: what it takes and what it refuses.</summary>
public sealed class SettingValuesTests
{
    private const string Key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    [Theory]
    [InlineData("http://localhost:5050", "http://localhost:5050/")]
    [InlineData("http://127.0.0.1", "http://127.0.0.1/")]
    [InlineData("http://[::1]:80/", "http://[::1]/")]
    [InlineData("https://0.0.0.0:443", "https://0.0.0.0/")]
    [InlineData("http://*:5050", "http://[::]:5050/")]
    [InlineData("http://+:5050", "http://[::]:5050/")]
    [InlineData("http://*", "http://[::]/")]
    [InlineData(" http://localhost:1 ; http://localhost:2 ;", "http://localhost:1/ http://localhost:2/")]
    [InlineData("HTTP://LOCALHOST:5050", "http://localhost:5050/")]
    public void Urls_are_addresses_to_listen_on(string text, string urls) =>
        Assert.Equal(urls, string.Join(' ', SettingDefinitions.Urls.Parse(text)));

    [Theory]
    [InlineData(";", "there is no address in it")]
    [InlineData("localhost:5050", "is not such a URL")]
    [InlineData("ftp://localhost", "is not such a URL")]
    [InlineData("http://", "is not such a URL")]
    [InlineData("http://localhost:99999", "is not such a URL")]
    [InlineData("http://example.com", "names a host")]
    [InlineData("http://*.example.com", "is not such a URL")]
    [InlineData("http://localhost/path", "has more than scheme, host and port")]
    [InlineData("http://localhost?a=b", "has more than scheme, host and port")]
    [InlineData("http://localhost#a", "has more than scheme, host and port")]
    [InlineData("http://me:pw@localhost", "'http://***@localhost' holds a user name")]
    [InlineData("http://localhost:1;http://localhost:1", "localhost port 1 is there twice")]
    [InlineData("http://localhost:1;https://localhost:1", "localhost port 1 is there twice")]
    public void Urls_refuse(string text, string problem) => Refuses(SettingDefinitions.Urls, text, problem);

    [Theory]
    [InlineData("https://registry.example.com", "https://registry.example.com/")]
    [InlineData("https://REGISTRY.example.com:443/", "https://registry.example.com/")]
    [InlineData("http://10.0.0.5:5050", "http://10.0.0.5:5050/")]
    [InlineData("https://[2001:db8::1]", "https://[2001:db8::1]/")]
    [InlineData("https://bücher.example", "https://xn--bcher-kva.example/")]
    public void External_urls_are_addresses_for_clients(string text, string url)
    {
        Assert.Equal(url, SettingDefinitions.ExternalUrl.Parse(text).AbsoluteUri);
        Assert.Equal(url, SettingDefinitions.RegistryExternalUrl.Parse(text).AbsoluteUri);
    }

    [Theory]
    [InlineData("registry.example.com", "is not such a URL")]
    [InlineData("mailto:me@example.com", "is not such a URL")]
    [InlineData("https://example.com/path", "has more than scheme, host and port")]
    [InlineData("https://example.com/?", "has more than scheme, host and port")]
    [InlineData("https://example.com\\path", "is not such a URL")]
    [InlineData("https://*", "is not such a URL")]
    [InlineData("https://0.0.0.0", "is no address that a client can use")]
    [InlineData("https://[::]", "is no address that a client can use")]
    [InlineData("https://example.com:0", "is no address that a client can use")]
    [InlineData("https://user:hunter2@example.com", "'https://***@example.com' holds a user name")]
    public void External_urls_refuse(string text, string problem)
    {
        Refuses(SettingDefinitions.ExternalUrl, text, problem);
        Refuses(SettingDefinitions.RegistryExternalUrl, text, problem);
    }

    [Theory]
    [InlineData("off", 0)]
    [InlineData("Self-Signed", 1)]
    [InlineData("FILES", 2)]
    public void Tls_is_one_of_three_words(string text, int mode) => Assert.Equal((TlsMode)mode, SettingDefinitions.Tls.Parse(text));

    [Theory]
    [InlineData("on")]
    [InlineData("1")]
    [InlineData("selfsigned")]
    public void Tls_refuses(string text) => Refuses(SettingDefinitions.Tls, text, $"'{text}' is not allowed; allowed is off, self-signed or files");

    [Fact]
    public void Storage_is_the_filesystem()
    {
        Assert.Equal(StorageProvider.Filesystem, SettingDefinitions.StorageProvider.Parse("FileSystem"));
        Refuses(SettingDefinitions.StorageProvider, "s3", "this version does not serve 's3' yet");
        Refuses(SettingDefinitions.StorageProvider, "gcs", "'gcs' is not allowed; allowed is filesystem");
    }

    [Theory]
    [InlineData("10.0.0.0/8", "10.0.0.0/8")]
    [InlineData("10.0.0.5", "10.0.0.5/32")]
    [InlineData("::1", "::1/128")]
    [InlineData("2001:db8::/32", "2001:db8::/32")]
    [InlineData("10.0.0.0/8, 172.16.0.0/12;::1", "10.0.0.0/8 172.16.0.0/12 ::1/128")]
    [InlineData("0.0.0.0/0", "0.0.0.0/0")]
    public void Trusted_proxies_are_networks_and_addresses(string text, string networks) =>
        Assert.Equal(networks, string.Join(' ', SettingDefinitions.TrustedProxies.Parse(text)));

    [Theory]
    [InlineData("10/8")]
    [InlineData("10.0.0/24")]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0.0/-1")]
    [InlineData("256.0.0.0/8")]
    [InlineData("proxy.example.com")]
    [InlineData("10.0.0.0/8 10.1.0.0/16")]
    [InlineData("*")]
    public void Trusted_proxies_refuse(string text) => Refuses(SettingDefinitions.TrustedProxies, text, $"'{text}' is no network");

    [Theory]
    [InlineData("0", 0)]
    [InlineData("512", 512)]
    [InlineData("1B", 1)]
    [InlineData("1KiB", 1024)]
    [InlineData("512 MiB", 512L << 20)]
    [InlineData("1gib", 1L << 30)]
    [InlineData("2TIB", 2L << 40)]
    [InlineData("9223372036854775807", long.MaxValue)]
    public void Minimum_free_space_is_a_size(string text, long bytes) => Assert.Equal(bytes, SettingDefinitions.MinimumFreeSpace.Parse(text));

    [Theory]
    [InlineData("-1")]
    [InlineData("1.5GiB")]
    [InlineData("GiB")]
    [InlineData("1GB")]
    [InlineData("1Gi")]
    [InlineData("1 ")]
    [InlineData("10%")]
    [InlineData("9223372036854775808")]
    [InlineData("8388608TiB")]
    public void Minimum_free_space_refuses(string text) => Refuses(SettingDefinitions.MinimumFreeSpace, text, $"'{text}' is no size");

    [Fact]
    public void A_size_never_overflows() => Gen.Select(Gen.ULong, Gen.Int[0, 4].Select(unit => new[] { "B", "KiB", "MiB", "GiB", "TiB" }[unit])).Sample((count, unit) =>
    {
        try
        {
            return SettingDefinitions.MinimumFreeSpace.Parse($"{count}{unit}") >= 0;
        }
        catch (FormatException)
        {
            return true;
        }
    });

    [Theory]
    [InlineData("12345678", true)]
    [InlineData("pässwörd", true)]
    [InlineData("1234567", false)]
    public void Root_password_has_8_characters(string text, bool good) => Check(SettingDefinitions.InitialRootPassword, text, good, "the password is too short");

    [Theory]
    [InlineData("glpat-12345678901234", true)]
    [InlineData("ABCdef0123456789_.-x", true)]
    [InlineData("glpat-1234567890123", false)]
    [InlineData("glpat-12345678901234 ", false)]
    [InlineData("glpat-1234567890123ü", false)]
    public void Root_token_has_20_characters_that_need_no_quoting(string text, bool good) => Check(SettingDefinitions.InitialRootToken, text, good, "the token is not allowed");

    [Theory]
    [InlineData("Host=db;Username=berth;Password=hunter2", true)]
    [InlineData("Host=/run/postgresql", true)]
    [InlineData("Username=berth;Password=hunter2", false)]
    [InlineData("Host= ;Password=hunter2", false)]
    [InlineData("hunter2", false)]
    [InlineData("Host=db;Hunter2=1", false)]
    [InlineData("Host=db;Port=hunter2", false)]
    [InlineData("postgres://berth:hunter2@db/berth", false)]
    public void Connection_string_is_PostgreSQLs_and_names_a_host(string text, bool good) => Check(SettingDefinitions.DatabaseConnectionString, text, good, "the connection string");

    [Theory]
    [InlineData(Key, true)]
    [InlineData("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHg==", false)]
    [InlineData("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8", false)]
    [InlineData("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", false)]
    [InlineData("not base64!", false)]
    public void Secrets_key_is_32_bytes_in_base64(string text, bool good)
    {
        if (good)
            Assert.Equal(Enumerable.Range(0, 32).Select(i => (byte)i), SettingDefinitions.SecretsKey.Parse(text));
        else
            Refuses(SettingDefinitions.SecretsKey, text, "the key is not allowed");
    }

    [Theory]
    [InlineData("http://localhost:4317", true)]
    [InlineData("https://collector.example.com/v1/metrics", true)]
    [InlineData("localhost:4317", false)]
    [InlineData("grpc://localhost:4317", false)]
    public void Otlp_endpoint_is_a_url(string text, bool good)
    {
        if (good)
            Assert.Equal(new Uri(text), SettingDefinitions.MetricsOtlpEndpoint.Parse(text));
        else
            Refuses(SettingDefinitions.MetricsOtlpEndpoint, text, "is not such a URL");
    }

    [Theory]
    [InlineData("data\0")]
    public void Paths_hold_no_NUL(string text)
    {
        Refuses(SettingDefinitions.DataDirectory, text, "NUL");
        Refuses(SettingDefinitions.TlsCertificate, text, "NUL");
        Refuses(SettingDefinitions.TlsKey, text, "NUL");
    }

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("127.8.9.10", true)]
    [InlineData("[::1]", true)]
    [InlineData("[::ffff:127.0.0.1]", true)]
    [InlineData("localhost", true)]
    [InlineData("localhost.", true)]
    [InlineData("berth.localhost", true)]
    [InlineData("notlocalhost", false)]
    [InlineData("localhost.example.com", false)]
    [InlineData("10.0.0.1", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("[::]", false)]
    public void Loopback_is_what_only_this_machine_can_reach(string host, bool isLoopback) =>
        Assert.Equal(isLoopback, SettingUrls.IsLoopback(new Uri($"http://{host}:5050")));

    [Theory]
    [InlineData("https://registry.example.com", true)]
    [InlineData("http://localhost", true)]
    [InlineData("http://registry:5050", true)]
    [InlineData("https://10.0.0.1", true)]
    [InlineData("https://registry", false)]
    [InlineData("https://my_registry.example.com", false)]
    [InlineData("https://my_registry:5050", false)]
    public void Image_names_begin_with_a_host_that_has_a_dot_or_a_port_and_no_underscore(string url, bool can) =>
        Assert.Equal(can, SettingUrls.CanBeginImageName(new Uri(url)));

    [Fact]
    public void A_secret_shows_itself_only_when_asked()
    {
        var secret = new Secret("hunter2");
        Assert.Equal("***", $"{secret}");
        Assert.Equal("hunter2", secret.Reveal());
    }

    private static void Check(SettingDefinition<Secret> definition, string text, bool good, string problem)
    {
        if (good)
            Assert.Equal(text, definition.Parse(text).Reveal());
        else
            Refuses(definition, text, problem);
    }

    private static void Refuses<T>(SettingDefinition<T> definition, string text, string problem)
    {
        var message = Assert.Throws<FormatException>(() => definition.Parse(text)).Message;
        Assert.Contains(problem, message);
        Assert.DoesNotContain("hunter2", message, StringComparison.OrdinalIgnoreCase);
        if (definition.IsSecret)
            Assert.DoesNotContain(text, message);
    }
}

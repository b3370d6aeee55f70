using Berth.Server.Configuration;

namespace Berth.Tests.Configuration;

/// <summary>The settings together: where they come from, which source wins, and the rules between them.</summary>
public sealed class BerthSettingsTests : IDisposable
{
    private readonly SettingsFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void Without_any_setting_Berth_listens_on_loopback_and_keeps_its_data_beside()
    {
        var settings = _fixture.Load();
        Assert.Equal("http://localhost:5050/", Assert.Single(settings.Urls).AbsoluteUri);
        Assert.Equal("http://localhost:5050", settings.ExternalOrigin);
        Assert.Equal("http://localhost:5050", settings.RegistryExternalOrigin);
        Assert.Equal("localhost:5050", settings.RegistryHost);
        Assert.Equal(Path.Combine(_fixture.Directory, "data"), settings.DataDirectory);
        Assert.Equal((TlsMode.Off, StorageProvider.Filesystem, 1L << 30), (settings.Tls, settings.StorageProvider, settings.MinimumFreeSpace));
        Assert.Empty(settings.TrustedProxies);
        Assert.Null(settings.InitialRootPassword);
        Assert.Null(settings.InitialRootToken);
        Assert.Null(settings.DatabaseConnectionString);
        Assert.Null(settings.SecretsKey);
        Assert.Null(settings.MetricsOtlpEndpoint);
    }

    [Theory]
    [InlineData(true, true, true, "3KiB")]
    [InlineData(true, true, false, "2KiB")]
    [InlineData(true, false, true, "3KiB")]
    [InlineData(true, false, false, "1KiB")]
    [InlineData(false, true, true, "3KiB")]
    [InlineData(false, false, false, "1GiB")]
    public void The_command_line_wins_over_the_environment_and_that_over_the_file(bool file, bool variable, bool option, string size)
    {
        if (file)
            _fixture.Json("""{ "MinimumFreeSpace": "1KiB" }""");
        if (variable)
            _fixture.Variable("BERTH_MinimumFreeSpace", "2KiB");
        Assert.Equal(SettingDefinitions.MinimumFreeSpace.Parse(size), _fixture.Load(option ? ["--MinimumFreeSpace=3KiB"] : []).MinimumFreeSpace);
    }

    [Theory]
    [InlineData("--minimumfreespace=5")]
    [InlineData("--MINIMUMFREESPACE", "5")]
    public void Options_compare_without_regard_to_case_and_take_their_value_either_way(params string[] args) =>
        Assert.Equal(5, _fixture.Load(args).MinimumFreeSpace);

    [Theory]
    [InlineData("berth_minimumfreespace")]
    [InlineData("BERTH_MINIMUMFREESPACE")]
    public void Variables_compare_without_regard_to_case(string name) => Assert.Equal(5, _fixture.Variable(name, "5").Load().MinimumFreeSpace);

    [Theory]
    [InlineData("""{ "Database": { "ConnectionString": "Host=db" } }""")]
    [InlineData("""{ "database": { "connectionstring": "Host=db" } }""")]
    [InlineData("""{ "Database__ConnectionString": "Host=db" }""")]
    [InlineData("""{ "Database:ConnectionString": "Host=db" }""")]
    [InlineData("""{ "$schema": "docs/berth.schema.json", /* a comment */ "Database": { "ConnectionString": "Host=db", }, }""")]
    public void Nested_names_are_joined_by_two_underscores(string json) =>
        Assert.Equal("Host=db", _fixture.Json(json).Load().DatabaseConnectionString!.Reveal());

    [Fact]
    public void The_file_may_hold_lists_numbers_and_nulls()
    {
        var settings = _fixture.Json("""{ "Urls": ["http://localhost:1", "http://localhost:2"], "TrustedProxies": [], "MinimumFreeSpace": 7, "Tls": null }""").Load();
        Assert.Equal(2, settings.Urls.Count);
        Assert.Equal(7, settings.MinimumFreeSpace);
    }

    [Fact]
    public void An_empty_text_takes_a_setting_back_to_its_default() =>
        Assert.Equal(1L << 30, _fixture.Json("""{ "MinimumFreeSpace": 7 }""").Variable("BERTH_MinimumFreeSpace", "").Load().MinimumFreeSpace);

    [Theory]
    [InlineData("--config=other.json")]
    [InlineData("--Config", "other.json")]
    public void Another_file_can_be_named(params string[] args)
    {
        _fixture.Json("""{ "MinimumFreeSpace": 1 }""").Json("""{ "MinimumFreeSpace": 2 }""", "other.json").Json("""{ "MinimumFreeSpace": 3 }""", "third.json");
        Assert.Equal(2, _fixture.Load(args).MinimumFreeSpace);
        _fixture.Variable("BERTH_CONFIG", "third.json");
        Assert.Equal(3, _fixture.Load().MinimumFreeSpace);
        Assert.Equal(2, _fixture.Load(args).MinimumFreeSpace);
    }

    [Fact]
    public void A_named_file_that_is_not_there_stops_the_start() =>
        Assert.StartsWith("missing.json can't be read", _fixture.Refusal("--config=missing.json"));

    [Theory]
    [InlineData("{ \"Urls\": hunter2 }", "berth.json is not well-formed JSON in line 1, byte 11")]
    [InlineData("{ \"Urls\": \"a\", \"Urls\": \"b\" }", "berth.json is not well-formed JSON")]
    [InlineData("{ \"Urls\": \"http://localhost:1\", \"urls\": \"http://localhost:2\" }", "Urls (berth.json): it is given twice")]
    [InlineData("[]", "berth.json holds no JSON object")]
    [InlineData("", "berth.json is not well-formed JSON")]
    [InlineData("{ \"Urls\": [1] }", "Urls (berth.json): it is neither text nor number nor a list of texts")]
    [InlineData("{ \"Urls\": [[]] }", "Urls (berth.json): it is neither")]
    [InlineData("{ \"MinimumFreeSpace\": true }", "MinimumFreeSpace (berth.json): 'true' is no size")]
    [InlineData("{ \"Tls\": { \"Mode\": \"off\" } }", "Tls__Mode (berth.json): there is no such setting; did you mean Tls")]
    public void A_bad_file_stops_the_start_with_the_place(string json, string problem)
    {
        var message = _fixture.Json(json).Refusal();
        Assert.StartsWith(problem, message);
        Assert.DoesNotContain("hunter2", message);
    }

    [Fact]
    public void A_file_over_a_megabyte_is_no_settings_file() =>
        Assert.Contains("larger than 1 MiB", _fixture.Json(new string(' ', 1024 * 1024 + 1)).Refusal());

    [Theory]
    [InlineData("Url", "Urls")]
    [InlineData("external_url", "ExternalUrl")]
    [InlineData("RegistryExternUrl", "RegistryExternalUrl")]
    [InlineData("Database__Connection", "Database__ConnectionString")]
    [InlineData("InitialRootPasword", "InitialRootPassword")]
    [InlineData("InitialRootPasword_FILE", "InitialRootPassword_FILE")]
    [InlineData("Urls_FILE", "Urls")]
    [InlineData("SecretKey", "SecretsKey")]
    [InlineData("MinFreeSpace", "MinimumFreeSpace")]
    public void An_unknown_name_stops_the_start_with_the_nearest_known_one(string name, string nearest)
    {
        var expected = $"there is no such setting; did you mean {nearest}?";
        Assert.Equal($"{name} (command line): {expected}", _fixture.Refusal($"--{name}=hunter2"));
        Assert.Equal($"{name} (berth.json): {expected}", _fixture.Json($$"""{ "{{name}}": "hunter2" }""").Refusal());
        _fixture.Json("{}").Variable("BERTH_" + name, "hunter2");
        Assert.Equal($"{name} (environment variable BERTH_{name}): {expected}", _fixture.Refusal());
    }

    [Theory]
    [InlineData("Storage__S3__SecretKey")]
    [InlineData("Storage__S3__Bucket")]
    public void Settings_of_a_later_version_say_so(string name) =>
        Assert.Contains("this version does not serve 's3' yet", _fixture.Refusal($"--{name}=hunter2"));

    [Theory]
    [InlineData("BERTH_PORT", "tcp://10.0.0.1:80")]
    [InlineData("BERTH_SERVICE_HOST", "10.0.0.1")]
    [InlineData("BERTH_SERVICE_PORT", "80")]
    [InlineData("BERTH_SERVICE_PORT_HTTP", "80")]
    [InlineData("BERTH_PORT_80_TCP", "tcp://10.0.0.1:80")]
    [InlineData("BERTH_PORT_80_TCP_ADDR", "10.0.0.1")]
    [InlineData("BERTH_DB_SERVICE_HOST", "10.0.0.1")]
    [InlineData("BERTHA_PORT", "1")]
    [InlineData("PATH", "/bin")]
    public void Variables_that_are_not_for_Berth_are_passed_over(string name, string value) => Assert.NotNull(_fixture.Variable(name, value).Load());

    [Fact]
    public void A_setting_given_twice_in_one_place_stops_the_start()
    {
        Assert.Equal("MinimumFreeSpace (command line): it is given twice", _fixture.Refusal("--MinimumFreeSpace=1", "--minimumfreespace=2"));
        _fixture.Variable("BERTH_MinimumFreeSpace", "1").Variable("BERTH_MINIMUMFREESPACE", "2");
        Assert.Contains("it is given as environment variable BERTH_M", _fixture.Refusal());
    }

    [Theory]
    [InlineData("--MinimumFreeSpace")]
    [InlineData("--config")]
    public void An_option_without_a_value_stops_the_start(string option) => Assert.Contains("its value is missing", _fixture.Refusal(option));

    [Theory]
    [InlineData("http://*:5050")]
    [InlineData("http://0.0.0.0:5050")]
    [InlineData("http://10.1.2.3:5050")]
    [InlineData("http://localhost:5050;http://[::]:5051")]
    public void Listening_beyond_loopback_requires_an_external_url(string urls)
    {
        Assert.Matches(@"^ExternalUrl \(not set\): http://\S+ of Urls \(command line\) can be reached from other machines", _fixture.Refusal($"--Urls={urls}"));
        Assert.Equal("https://berth.example.com", _fixture.Load($"--Urls={urls}", "--ExternalUrl=https://berth.example.com").ExternalOrigin);
    }

    [Theory]
    [InlineData("ExternalUrl", "http://localhost:5050")]
    [InlineData("ExternalUrl", "http://127.0.0.1:5050")]
    [InlineData("RegistryExternalUrl", "http://registry.localhost:5050")]
    [InlineData("RegistryExternalUrl", "http://[::1]:5050")]
    public void Beyond_loopback_a_loopback_name_is_no_address_for_clients(string name, string url)
    {
        string[] others = name == "ExternalUrl" ? [] : ["--ExternalUrl=https://berth.example.com"];
        var message = _fixture.Refusal(["--Urls=http://*:5050", $"--{name}={url}", .. others]);
        Assert.StartsWith($"{name} (command line): {url} is a loopback name", message);
    }

    [Fact]
    public void On_loopback_a_proxy_may_stand_before_it_under_any_name()
    {
        var settings = _fixture.Load("--ExternalUrl=https://berth.example.com", "--RegistryExternalUrl=https://registry.example.com:5000", "--TrustedProxies=127.0.0.1");
        Assert.Equal("https://berth.example.com", settings.ExternalOrigin);
        Assert.Equal("registry.example.com:5000", settings.RegistryHost);
        Assert.True(settings.TrustedProxies.Single().Contains(System.Net.IPAddress.Loopback));
    }

    [Theory]
    [InlineData("RegistryExternalUrl", "https://registry")]
    [InlineData("ExternalUrl", "https://berth")]
    [InlineData("ExternalUrl", "https://my_berth.example.com")]
    public void A_host_that_begins_no_image_name_is_refused_where_it_was_set(string name, string url) =>
        Assert.StartsWith($"{name} (command line): no image name can begin with '{new Uri(url).Authority}'", _fixture.Refusal($"--{name}={url}"));

    [Fact]
    public void Port_0_needs_an_external_url()
    {
        Assert.StartsWith("Urls (command line): port 0 is any free port", _fixture.Refusal("--Urls=http://127.0.0.1:0"));
        Assert.Equal(0, _fixture.Load("--Urls=http://127.0.0.1:0", "--ExternalUrl=http://localhost:5050").Urls[0].Port);
    }

    [Fact]
    public void Https_and_Tls_go_together()
    {
        Assert.StartsWith("Urls (command line): https://localhost:5050 needs a certificate, but Tls is off", _fixture.Refusal("--Urls=https://localhost:5050"));
        Assert.StartsWith("Urls (command line): Tls is self-signed, but no address begins with https", _fixture.Refusal("--Urls=http://localhost:5050", "--Tls=self-signed"));
        Assert.Equal("https://localhost:5050", _fixture.Load("--Tls=self-signed").ExternalOrigin);
    }

    [Fact]
    public void The_data_directory_may_be_missing_but_not_a_file()
    {
        Assert.Equal("/somewhere/else", _fixture.Load("--DataDirectory=/somewhere/else").DataDirectory);
        _fixture.WriteFile("data", "");
        Assert.Contains("is a file; allowed is a folder", _fixture.Refusal());
    }
}

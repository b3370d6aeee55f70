using Berth.Runner.Configuration;

namespace Berth.Tests.Runner;

/// <summary>gitlab-runner's config.toml, right and wrong.</summary>
public sealed class ConfigReaderTests
{
    private const string Guide = """
        [[runners]]
          url = "https://gitlab.com/"
          token = "TOKEN"
          executor = "docker"
          [runners.docker]
            tls_verify = false
            image = "docker:20.10.16"
            privileged = true
            disable_cache = false
            volumes = ["/certs/client", "/cache"]
          [runners.cache]
            [runners.cache.s3]
            [runners.cache.gcs]
        """;

    [Fact]
    public void The_guides_file_is_read_without_a_warning()
    {
        var config = Read(Guide);

        var runner = Assert.Single(config.Runners);
        Assert.Empty(config.Warnings);
        Assert.Equal(("https://gitlab.com", "TOKEN"), (runner.Url, runner.Token));
        Assert.Equal(("docker:20.10.16", true, false), (runner.Docker.Image, runner.Docker.Privileged, runner.Docker.TlsVerify));
        Assert.Equal(["/certs/client", "/cache"], runner.Docker.Volumes);
        Assert.Equal((1, 3, 30), (config.Concurrent, config.CheckInterval.TotalSeconds, config.ShutdownTimeout.TotalSeconds));
    }

    [Fact]
    public void The_guides_token_without_quotes_is_answered_with_its_place_and_the_way_out() =>
        Refused(Guide.Replace("\"TOKEN\"", "TOKEN", StringComparison.Ordinal), "config.toml:3:11: ", "put it in quotes: token = \"TOKEN\"");

    [Theory]
    [InlineData("concurrent = ", "config.toml:1:")]
    [InlineData("[[runners]\nurl = 1", "config.toml:1:")]
    [InlineData("concurrent = \"4\"", "config.toml:1:1: concurrent must be a whole number")]
    [InlineData("concurrent = 0", "config.toml:1:1: concurrent must be from 1 to 1000")]
    [InlineData("log_level = \"loud\"", "config.toml:1:1: log_level must be debug, info, warn or error")]
    [InlineData("[[runners]]\nurl = \"x\"\ntoken = \"t\"", "config.toml:2:1: url must be an http or https address")]
    [InlineData("[[runners]]\nurl = \"http://h\"", "config.toml:1:1: token is missing")]
    [InlineData("[[runners]]\nurl = \"http://h\"\ntoken = \"t\"\nexecutor = \"shell\"", "config.toml:4:1: executor is shell; berth-runner has the executor docker only")]
    [InlineData("[[runners]]\nurl = \"http://h\"\ntoken = \"t\"\n[runners.docker]\n  privileged = \"yes\"", "config.toml:5:3: privileged must be true or false, without quotes")]
    [InlineData("[[runners]]\nurl = \"http://h\"\ntoken = \"t\"\n[runners.docker]\n  pull_policy = \"sometimes\"", "config.toml:5:3: pull_policy must be of always, if-not-present, never")]
    [InlineData("[[runners]]\nurl = \"http://h\"\ntoken = \"t\"\n[runners.docker]\n  memory = \"much\"", "config.toml:5:3: memory must be a size")]
    public void A_mistake_is_one_line_with_its_place(string text, string message) => Refused(text, message);

    [Fact]
    public void Unknown_keys_are_named_with_the_nearest_known_one()
    {
        var config = Read(Guide.Replace("privileged = true", "privilged = true\n    xyzzy = 1", StringComparison.Ordinal));

        Assert.Equal(
            ["config.toml:8:5: unknown key privilged is ignored; did you mean privileged?", "config.toml:9:5: unknown key xyzzy is ignored"], config.Warnings);
    }

    [Fact]
    public void Keys_that_change_nothing_here_are_named()
    {
        var config = Read("listen_address = \":9252\"\nsentry_dsn = \"\"\n" + Guide + "\n  [runners.kubernetes]\n    namespace = \"x\"\n");

        Assert.Contains("config.toml:1:1: listen_address has no effect in berth-runner: berth-runner has no such part", config.Warnings);
        Assert.Contains(config.Warnings, warning => warning.Contains("kubernetes has no effect", StringComparison.Ordinal));
        Assert.Equal(2, config.Warnings.Count);
    }

    [Fact]
    public void A_cache_elsewhere_is_warned_of()
    {
        var config = Read(Guide.Replace("[runners.cache]", "[runners.cache]\n    Type = \"s3\"", StringComparison.Ordinal));

        Assert.Contains("cache type s3 has no effect", Assert.Single(config.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Lists_limits_and_tables_are_read()
    {
        var docker = Read(Guide.Replace("privileged = true", """
            pull_policy = ["always", "if-not-present"]
                Memory = "512m"
                cpus = "1.5"
                service_memory = "1g"
                wait_for_services_timeout = -1
                ulimit = { nofile = "1024:2048" }
                [runners.docker.sysctls]
                  "net.ipv4.ip_forward" = "1"
                [[runners.docker.services]]
                  name = "postgres:14"
                  alias = "db"
                [runners.docker.tmpfs]
                  "/tmp" = "rw"
            [[runners]]
              url = "http://other/"
              token = "T2"
              [runners.docker]
            """, StringComparison.Ordinal)).Runners[0].Docker;

        Assert.Equal(["always", "if-not-present"], docker.PullPolicies);
        Assert.Equal((536_870_912, 1_500_000_000, 1_073_741_824), (docker.Build.Memory, docker.Build.NanoCpus, docker.Service.Memory));
        Assert.Equal(-1, docker.WaitForServicesTimeout);
        Assert.Equal("1024:2048", docker.Ulimits["nofile"]);
        Assert.Equal("1", docker.Sysctls["net.ipv4.ip_forward"]);
        Assert.Equal(("postgres:14", "db"), (docker.Services[0].Name, docker.Services[0].Alias));
        Assert.Equal("rw", docker.Tmpfs["/tmp"]);
    }

    [Fact]
    public void What_register_writes_is_read_again_without_a_warning()
    {
        var written = ConfigWriter.Globals + "\n" + ConfigWriter.Section(
            new RegisteredRunner("a \"name\" \\ \u0001", "https://h", 7, "glrt-t1_secret", null) { Image = "docker:20.10.16", Volumes = ["/certs/client", "/cache"], Privileged = true },
            new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));

        var config = Read(written);

        Assert.Equal(["config.toml:5:1: session_server has no effect in berth-runner: berth-runner has no such part"], config.Warnings);
        Assert.Equal(("a \"name\" \\ \u0001", "glrt-t1_secret", 7L), (config.Runners[0].Name, config.Runners[0].Token, config.Runners[0].Id));
        Assert.Contains("token_obtained_at = 2026-01-02T03:04:05Z", written, StringComparison.Ordinal);
        Assert.Equal("secret", config.Runners[0].ShortToken);
    }

    private static RunnerConfig Read(string text) => ConfigReader.Read(text, "config.toml");

    private static void Refused(string text, params string[] words)
    {
        var refusal = Assert.Throws<ConfigException>(() => Read(text));
        Assert.All(words, word => Assert.Contains(word, refusal.Message, StringComparison.Ordinal));
        Assert.DoesNotContain('\n', refusal.Message);
    }
}

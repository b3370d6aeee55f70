using Berth.Acceptance.Harness;

namespace Berth.Acceptance.Runner;

/// <summary>What goes wrong around the program is told in one line that says what to do, never by a stack trace.</summary>
public sealed class MistakeTests
{
    private const string Nowhere = "http://127.0.0.1:9";

    [Theory]
    [InlineData("run")]
    [InlineData("list")]
    [InlineData("verify")]
    public async Task Without_a_configuration_it_names_the_file_and_register(string verb)
    {
        await using var runner = new RunnerProgram();

        OneLine(await runner.Verb(verb), 2, $"{runner.ConfigPath} is missing: berth-runner register makes it");
    }

    [Fact]
    public async Task A_folder_that_can_not_be_made_is_named()
    {
        await using var runner = new RunnerProgram();
        await File.WriteAllTextAsync(runner.ConfigPath, "", TestContext.Current.CancellationToken);

        OneLine(await Command.Run(RunnerSoftware.Berth.Path, ["register", "-n", "--url", Nowhere, "--token", "glrt-x", "--config", $"{runner.ConfigPath}/below/config.toml"]),
            2, $"{runner.ConfigPath}/below");
    }

    [Fact]
    public async Task An_address_where_nobody_answers_is_named_with_the_setting_that_gave_it()
    {
        await using var runner = new RunnerProgram();

        OneLine(await runner.Verb("register", "-n", "--url", Nowhere, "--token", "glrt-x"), 1, $"{Nowhere} can't be reached (--url): Connection refused");
        OneLine(await runner.Verb("register", "-n", "--url", "berth.example.com", "--token", "glrt-x"), 2, "--url must be an http or https address");
        OneLine(await runner.Verb("unregister", "--url", "berth.example.com", "--token", "glrt-x"), 2, "--url must be an http or https address");
        await File.WriteAllTextAsync(runner.ConfigPath, Config("unix:///nowhere.sock"), TestContext.Current.CancellationToken);
        Assert.Contains($"{Nowhere} can't be reached (url of [[runners]] in config.toml): Connection refused", (await runner.Verb("verify")).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("unix:///nowhere/docker.sock", "no Docker engine at unix:///nowhere/docker.sock: there is no such socket. Start Docker, or name another by host in [runners.docker] or DOCKER_HOST")]
    [InlineData("tcp://127.0.0.1:9", "no Docker engine at tcp://127.0.0.1:9: Connection refused")]
    [InlineData("nowhere", "host of [runners.docker] is nowhere; it must be")]
    public async Task Without_an_engine_it_does_not_start_and_names_where_it_looked(string host, string said)
    {
        await using var runner = new RunnerProgram();
        await File.WriteAllTextAsync(runner.ConfigPath, Config(host), TestContext.Current.CancellationToken);

        OneLine(await runner.Verb("run"), 2, said);
    }

    [Fact]
    public async Task While_the_engine_is_gone_it_takes_no_jobs_and_says_so_once()
    {
        await using var door = new EngineDoor();
        await using var setting = await JobSetting.Start(through: door);
        setting.Coordinator.Hold = TimeSpan.FromSeconds(1);
        (await setting.Run(Payload.Script("true"))).Succeeded();

        door.Close();
        await setting.Runner.Said("takes no jobs until it answers");
        var job = setting.Coordinator.Add((_, _) => Payload.Script("echo there again"));
        // Long enough for it to ask some more times.
        await Task.Delay(TimeSpan.FromSeconds(4), TestContext.Current.CancellationToken);
        Assert.Equal("pending", job.State);
        Assert.Equal(2, setting.Runner.Output.Split("takes no jobs until it answers").Length);

        door.Open();
        (await job.Ended()).Succeeded();
        Assert.Contains("the Docker engine answers again", setting.Runner.Output, StringComparison.Ordinal);
    }

    private static string Config(string host) => $"""
        [[runners]]
          name = "tests"
          url = "{Nowhere}/"
          token = "glrt-x"
          executor = "docker"
          [runners.docker]
            image = "busybox"
            host = "{host}"

        """;

    private static void OneLine(CommandResult result, int exitCode, string words)
    {
        Assert.StartsWith("berth-runner: ", result.Output, StringComparison.Ordinal);
        Assert.Contains(words, result.Output, StringComparison.Ordinal);
        Assert.Equal((exitCode, 1), (result.ExitCode, result.Output.TrimEnd('\n').Split('\n').Length));
    }
}

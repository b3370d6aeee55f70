namespace Berth.Acceptance.Runner;

/// <summary>The process: registration, signals, many jobs, pull credentials, what it leaves behind.</summary>
public sealed class ProcessTests
{
    [Fact]
    public async Task Register_takes_both_kinds_of_token_and_writes_a_file_that_others_can_not_read()
    {
        await using var setting = await JobSetting.Start();
        await using var fresh = new RunnerProgram();

        (await fresh.Verb("register", "-n", "--url", setting.Coordinator.Url, "--token", setting.Coordinator.RunnerToken, "--executor", "docker",
            "--docker-image", "docker:20.10.16", "--docker-privileged", "--docker-volumes", "/certs/client", "--name", "by token")).Succeeded();
        (await fresh.Verb("register", "-n", "--url", setting.Coordinator.Url, "--registration-token", StandInCoordinator.RegistrationToken, "--tag-list", "a,b")).Succeeded();
        (await fresh.Verb("register", "-n", "--url", setting.Coordinator.Url, "--token", "glrt-unknown")).FailedWith("403");
        (await fresh.Verb("register", "-n", "--url", setting.Coordinator.Url, "--token", setting.Coordinator.RunnerToken, "--locked")).FailedWith("--locked belongs to the coordinator");

        var config = await File.ReadAllTextAsync(fresh.ConfigPath, TestContext.Current.CancellationToken);
        Assert.Contains("volumes = [\"/certs/client\", \"/cache\"]", config, StringComparison.Ordinal);
        Assert.Contains("token = \"glrt-t1_made-by-registration-01\"", config, StringComparison.Ordinal);
        Assert.Equal(2, config.Split("[[runners]]").Length - 1);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(fresh.ConfigPath));
        var registration = setting.Coordinator.Registrations.Single(call => call.Path == "runners").Body;
        Assert.Equal(("a,b", false), (registration["tag_list"]!.GetValue<string>(), registration["run_untagged"]!.GetValue<bool>()));
        Assert.Matches("^r_[0-9a-f]{12}$", setting.Coordinator.Registrations[0].Body["system_id"]!.GetValue<string>());
        Assert.Contains("by token (stand-in-) is valid", (await fresh.Verb("verify")).Succeeded(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_answers_the_guides_token_without_quotes_and_ends()
    {
        Assert.True(File.Exists(RunnerSoftware.Berth.Path), $"{RunnerSoftware.Berth.Path} is missing");
        await using var runner = new RunnerProgram();
        await File.WriteAllTextAsync(runner.ConfigPath, "[[runners]]\n  url = \"http://h/\"\n  token = TOKEN\n", TestContext.Current.CancellationToken);

        (await runner.Verb("run")).FailedWith("config.toml:3:11: the value of token has no quotes; put it in quotes: token = \"TOKEN\"");
    }

    [Fact]
    public async Task Ten_jobs_run_at_once_each_in_a_place_of_its_own()
    {
        await using var setting = await JobSetting.Start(globals: "concurrent = 10", runner: "request_concurrency = 2");
        var jobs = Enumerable.Range(0, 10).Select(i => setting.Coordinator.Add((_, _) => Payload.Script(
            $"echo $CI_CONCURRENT_PROJECT_ID >place; echo mine {i}", "sleep 5", "echo kept $(cat place)"))).ToList();

        foreach (var job in jobs)
            (await job.Ended()).Succeeded();

        var places = jobs.Select(job => job.Trace.Split("\nkept ")[1].Split('\n')[0]).ToList();
        Assert.True(places.Distinct().Count() >= 5, string.Join(' ', places));
        Assert.All(jobs, (job, i) => Assert.Contains($"\nmine {i}\n", job.Trace, StringComparison.Ordinal));
        Assert.True(setting.Runner.ResidentKilobytes.Peak < 100 * 1024, $"{setting.Runner.ResidentKilobytes} kB");
    }

    [Fact]
    public async Task After_a_job_it_waits_for_the_next_by_long_polling_not_by_its_interval()
    {
        await using var setting = await JobSetting.Start(globals: "concurrent = 1\ncheck_interval = 600");

        for (var i = 0; i < 2; i++)
        {
            await setting.Coordinator.Holds();
            (await setting.Run(Payload.Script("true"))).Succeeded();
        }
        await setting.Coordinator.Holds();
    }

    [Fact]
    public async Task SIGTERM_stops_the_job_reports_it_and_leaves_nothing_on_the_engine()
    {
        await using var setting = await JobSetting.Start();
        var job = setting.Coordinator.Add((_, _) => Payload.Script("echo started; sleep 600"));
        await job.Logged("\nstarted\n");

        await setting.Runner.Signal("TERM");

        Assert.Equal(0, await setting.Runner.Exited());
        (await job.Ended()).FailedWith("runner_system_failure", "aborted: terminated");
        Assert.Equal("", (await setting.Engine.Docker("ps", "-aq", "--filter", await setting.Runner.SystemLabel())).Succeeded());
    }

    [Fact]
    public async Task SIGQUIT_ends_after_the_job_that_runs()
    {
        await using var setting = await JobSetting.Start();
        var job = setting.Coordinator.Add((_, _) => Payload.Script("echo started; sleep 3; echo finished"));
        await job.Logged("\nstarted\n");

        await setting.Runner.Signal("QUIT");

        (await job.Ended()).Succeeded();
        Assert.Equal(0, await setting.Runner.Exited());
    }

    [Fact]
    public async Task SIGQUIT_counts_where_a_shell_started_the_runner_in_the_background()
    {
        await using var setting = await JobSetting.Start(inBackground: true);

        await setting.Runner.Signal("QUIT");

        Assert.Equal(0, await setting.Runner.Exited());
    }

    [Fact]
    public async Task A_runner_that_was_killed_removes_its_leftovers_when_it_starts_again()
    {
        await using var setting = await JobSetting.Start();
        var job = setting.Coordinator.Add((_, _) => Payload.Script("echo started; sleep 600"));
        await job.Logged("\nstarted\n");
        await setting.Runner.Signal("KILL");
        await setting.Runner.Exited();
        Assert.NotEqual("", await Containers());

        await setting.Runner.Run();

        Assert.Equal("", await Containers());

        async Task<string> Containers() => (await setting.Engine.Docker("ps", "-aq", "--filter", await setting.Runner.SystemLabel())).Succeeded();
    }

    [Fact]
    public async Task A_change_of_the_file_counts_without_a_restart_and_a_mistake_in_it_changes_nothing()
    {
        await using var setting = await JobSetting.Start();
        await File.WriteAllTextAsync(setting.Runner.ConfigPath, "concurrent = none", TestContext.Current.CancellationToken);
        await setting.Runner.Said("config.toml changed and is not taken over: config.toml:1:14: the value of concurrent has no quotes");

        (await setting.Run(Payload.Script("true"))).Succeeded();
        await File.WriteAllTextAsync(setting.Runner.ConfigPath, setting.Config(runner: "environment = [\"ADDED=by the file\"]"), TestContext.Current.CancellationToken);
        await setting.Runner.Said("config.toml changed and is in force");

        // A request that was held meanwhile still goes by the old file.
        await setting.Run(Payload.Script("true"));
        var job = (await setting.Run(Payload.Script("echo \"<$ADDED>\""))).Succeeded();
        Assert.Contains("\n<by the file>\n", job.Trace, StringComparison.Ordinal);
    }
}

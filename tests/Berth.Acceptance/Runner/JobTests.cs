using System.Text.Json.Nodes;

namespace Berth.Acceptance.Runner;

/// <summary>What a job's script sees, and how the job ends.</summary>
public sealed class JobTests
{
    [Fact]
    public async Task A_script_runs_in_the_jobs_image_and_its_log_has_the_sections()
    {
        await using var setting = await JobSetting.Start();

        var job = (await setting.Run(Payload.Script("echo hello from $CI_JOB_NAME", "pwd")
            .WithVariable(Payload.Variable("CI_JOB_NAME", "a 'quoted' job")))).Succeeded();

        Assert.Contains("hello from a 'quoted' job\n", job.Trace, StringComparison.Ordinal);
        Assert.Contains("/builds/group/project\n", job.Trace, StringComparison.Ordinal);
        foreach (var section in (string[])["prepare_executor", "prepare_script", "get_sources", "step_script"])
        {
            Assert.Contains($":{section}\r\e[0K", job.Trace, StringComparison.Ordinal);
            Assert.Matches($"section_end:[0-9]+:{section}", job.Trace);
        }
        Assert.EndsWith("\e[32;1mJob succeeded\e[0;m\n", job.Trace, StringComparison.Ordinal);
        Assert.Equal(job.TraceChecksum, job.Updates[^1]["output"]!["checksum"]!.GetValue<string>());
        Assert.Equal(job.TraceLength, job.Updates[^1]["output"]!["bytesize"]!.GetValue<long>());
    }

    [Fact]
    public async Task A_failing_command_ends_the_job_with_its_exit_code_and_after_script_still_runs()
    {
        await using var setting = await JobSetting.Start();

        var job = (await setting.Run(Payload.Script("false || exit 42", "echo never reached")
            .WithAfterScript("echo status is $CI_JOB_STATUS"))).FailedWith("script_failure", "ERROR: Job failed: exit code 42", "status is failed\n");

        Assert.Equal(42, job.ExitCode);
        Assert.DoesNotContain("\nnever reached", job.Trace, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failing_after_script_changes_nothing()
    {
        await using var setting = await JobSetting.Start();

        var job = (await setting.Run(Payload.Script("true").WithAfterScript("echo $CI_JOB_STATUS; exit 3"))).Succeeded();

        Assert.Contains("success\n", job.Trace, StringComparison.Ordinal);
        Assert.Contains("after_script failed, but job will continue unaffected: exit code 3", job.Trace, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Commands_that_read_their_input_do_not_swallow_the_rest_of_the_script()
    {
        await using var setting = await JobSetting.Start();

        var job = (await setting.Run(Payload.Script("cat", "if read -r line; then echo \"read <$line>\"; fi", "echo the end"))).Succeeded();

        Assert.Contains("\nthe end\n", job.Trace, StringComparison.Ordinal);
        Assert.DoesNotContain("\nread <", job.Trace, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Values_reach_the_script_as_they_are_and_refer_to_each_other_once()
    {
        await using var setting = await JobSetting.Start();
        const string Odd = "line one\nline 'two' \"x\" \\ `id` $(id) $$HOME";

        var job = (await setting.Run(Payload.Script("printf '<%s>' \"$ODD\"", "printf '[%s]' \"$TAG\" \"$RAW\"")
            .WithVariable(Payload.Variable("ODD", Odd.Replace("$(", "$$(", StringComparison.Ordinal)))
            .WithVariable(Payload.Variable("IMAGE", "registry/a"))
            .WithVariable(Payload.Variable("TAG", "$IMAGE:${SLUG}$UNKNOWN"))
            .WithVariable(Payload.Variable("SLUG", "main"))
            .WithVariable(Raw("RAW", "$IMAGE")))).Succeeded();

        Assert.Contains("<line one\nline 'two' \"x\" \\ `id` $(id) $HOME>", job.Trace, StringComparison.Ordinal);
        Assert.Contains("[registry/a:main][$IMAGE]", job.Trace, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_variable_is_the_path_of_a_file_that_is_gone_after_the_job()
    {
        await using var setting = await JobSetting.Start();
        const string Content = "first\n'second'\n";

        var job = (await setting.Run(Payload.Script("echo path $SETTINGS", "cat \"$SETTINGS\"")
            .WithVariable(Payload.Variable("SETTINGS", Content, isFile: true)))).Succeeded();
        var next = (await setting.Run(Payload.Script("ls /builds/group/project.tmp"))).Succeeded();

        Assert.Contains("path /builds/group/project.tmp/SETTINGS\n", job.Trace, StringComparison.Ordinal);
        Assert.Contains($"\e[0;m\n{Content}", job.Trace, StringComparison.Ordinal);
        Assert.DoesNotContain("SETTINGS", next.Trace, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_secret_is_masked_also_where_it_is_written_in_two_parts()
    {
        await using var setting = await JobSetting.Start();

        var job = (await setting.Run(Payload.Script(
                "printf 'one s3cr'; sleep 1; printf '3t-value end\\n'",
                "echo token glpat-abcdef1234567890 end; echo $TOKEN",
                "echo https://h/?private_token=abc123\\&x=1")
            .WithVariable(Payload.Variable("SECRET", "s3cr3t-value", isPublic: false, isMasked: true))
            .WithVariable(Payload.Variable("TOKEN", "s3cr3t-value-longer", isPublic: false, isMasked: true)))).Succeeded();

        Assert.Contains("one [MASKED] end\n", job.Trace, StringComparison.Ordinal);
        Assert.Contains("token glpat-[MASKED] end\n[MASKED]\n", job.Trace, StringComparison.Ordinal);
        Assert.Contains("private_token=[MASKED]&x=1\n", job.Trace, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", job.Trace.Replace("printf 'one s3cr'", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_jobs_time_is_kept()
    {
        await using var setting = await JobSetting.Start();

        var payload = Payload.Script("echo sleeping; sleep 600").With("runner_info", new JsonObject { ["timeout"] = 5 });

        (await setting.Run(payload)).FailedWith("job_execution_timeout", "ERROR: Job failed: execution took longer than 5s seconds");
    }

    [Fact]
    public async Task Canceled_stops_everything_and_sends_no_final_state()
    {
        await using var setting = await JobSetting.Start();
        var job = setting.Coordinator.Add((_, _) => Payload.Script("echo started; sleep 600").WithAfterScript("echo after_script ran"));
        await job.Logged("\nstarted\n");

        job.Cancel();

        // The one place of this runner is free again once the first job is gone.
        (await setting.Run(Payload.Script("true"))).Succeeded();
        Assert.DoesNotContain("\nafter_script ran", job.Trace, StringComparison.Ordinal);
        Assert.DoesNotContain(job.Updates, update => update["state"]!.GetValue<string>() == "failed");
    }

    [Fact]
    public async Task Canceling_stops_the_script_and_runs_after_script()
    {
        await using var setting = await JobSetting.Start();
        var job = setting.Coordinator.Add((_, _) => Payload.Script("echo started; sleep 600").WithAfterScript("echo status is $CI_JOB_STATUS"));
        await job.Logged("\nstarted\n");

        job.AnnouncedStatus = "canceling";

        (await job.Ended()).FailedWith("job_canceled", "\nstatus is canceled\n");
    }

    [Fact]
    public async Task An_image_that_is_nowhere_fails_the_job_with_the_engines_words()
    {
        await using var setting = await JobSetting.Start("pull_policy = [\"always\", \"if-not-present\"]");

        var payload = Payload.Script("true").With("image", new JsonObject { ["name"] = $"{setting.Engine.Address}:1/no/such:image" });

        (await setting.Run(payload)).FailedWith("image_pull_failure", "Failed to pull image with policy \"always\"", "failed to pull image");
    }

    [Fact]
    public async Task Commands_run_with_bash_where_the_image_has_it()
    {
        await using var setting = await JobSetting.Start();

        var job = (await setting.Run(Payload.Script("words=(one two)", "echo ${words[1]}", "false | true || echo pipefail works")
            .With("image", new JsonObject { ["name"] = "with-bash:latest" }))).Succeeded();

        Assert.Contains("\ntwo\n", job.Trace, StringComparison.Ordinal);
        Assert.Contains("\npipefail works\n", job.Trace, StringComparison.Ordinal);
    }

    private static JsonObject Raw(string key, string value)
    {
        var variable = Payload.Variable(key, value);
        variable["raw"] = true;
        return variable;
    }
}

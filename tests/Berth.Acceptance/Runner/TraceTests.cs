namespace Berth.Acceptance.Runner;

/// <summary>The log on its way to a coordinator that loses, refuses and repeats.</summary>
public sealed class TraceTests
{
    [Fact]
    public async Task A_log_survives_a_coordinator_that_fails_and_one_that_lost_its_end()
    {
        await using var setting = await JobSetting.Start();
        var job = setting.Coordinator.Add((_, _) => Payload.Script("for i in 1 2 3 4 5 6; do echo line $i; sleep 1; done"));
        await job.Logged("\nline 2\n");

        job.Truncate(10);
        job.PatchFailures.Enqueue(500);
        job.PatchFailures.Enqueue(502);
        job.FinalFailures.Enqueue(500);
        await job.Ended();

        job.Succeeded();
        Assert.Contains(job.Patches, patch => patch.Status == 416);
        Assert.Contains("line 1\nline 2\nline 3\nline 4\nline 5\nline 6\n", job.Trace, StringComparison.Ordinal);
        Assert.Equal(job.TraceChecksum, job.Updates[^1]["output"]!["checksum"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_log_that_the_coordinator_finds_damaged_is_sent_again_from_its_beginning()
    {
        await using var setting = await JobSetting.Start();
        var job = setting.Coordinator.Add((_, _) => Payload.Script("echo hello"));
        job.FinalFailures.Enqueue(412);

        (await job.Ended()).Succeeded();

        Assert.True(job.Patches.Count(patch => patch is { Start: 0, Status: 202 }) == 2, string.Join("; ", job.Patches));
        Assert.Equal(job.TraceChecksum, job.Updates[^1]["output"]!["checksum"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_final_state_that_is_pending_is_sent_again()
    {
        await using var setting = await JobSetting.Start();
        var job = setting.Coordinator.Add((_, _) => Payload.Script("exit 5"));
        job.FinalFailures.Enqueue(202);

        (await job.Ended()).FailedWith("script_failure");

        Assert.Equal(2, job.Updates.Count(update => update["state"]!.GetValue<string>() == "failed"));
    }

    [Fact]
    public async Task A_log_of_100_MB_is_cut_at_output_limit_and_the_runner_stays_below_100_MB()
    {
        await using var setting = await JobSetting.Start(runner: "output_limit = 1024");

        var job = (await setting.Run(Payload.Script("head -c 100000000 /dev/zero | tr '\\0' a", "echo done")
            .WithVariable(Payload.Variable("SECRET", "a-secret-value", isPublic: false, isMasked: true)))).Succeeded();

        Assert.InRange(job.TraceLength, 1024 * 1024, 1024 * 1024 + 200);
        Assert.Contains("Job's log exceeded limit of 1048576 bytes.\nJob execution will continue but no more output will be collected.", job.Trace, StringComparison.Ordinal);
        var (now, peak) = setting.Runner.ResidentKilobytes;
        Assert.True(peak < 100 * 1024, $"{now} kB resident now, {peak} kB at most");
    }

    [Fact]
    public async Task Every_patch_says_where_it_begins_and_ends()
    {
        await using var setting = await JobSetting.Start();

        var job = (await setting.Run(Payload.Script("head -c 700000 /dev/zero | tr '\\0' x; echo"))).Succeeded();

        Assert.All(job.Patches, patch => Assert.Equal(patch.End - patch.Start + 1, patch.Length));
        Assert.Contains(new string('x', 700000), job.Trace, StringComparison.Ordinal);
    }
}

using System.Diagnostics;
using System.Text;

namespace Berth.Acceptance.Guide;

/// <summary>Jobs while the server is killed, and jobs that are large or many.</summary>
[Collection(typeof(GuideCollection))]
public sealed class FaultTests(GuideSurroundings surroundings)
{
    [Fact]
    public async Task A_job_goes_on_through_kills_of_the_server_and_its_log_has_every_line_once()
    {
        await using var site = await GuideSite.Start(surroundings);
        await using var runner = await site.StartRunner(GuideFiles.Config);
        var project = site.Project("myproject");
        var commit = await project.Push("main", (".gitlab-ci.yml", """
            count:
              image: busybox
              script:
                - for i in $(seq 500); do echo line $i; sleep 0.02; done; echo the end

            """));

        foreach (var reached in (string[])["\nline 30\n", "\nline 200\n"])
        {
            await project.Logged(commit, reached);
            await site.Berth.Kill();
            await site.Berth.Restart();
        }

        var job = Assert.Single(await project.Jobs(commit)).Value.Succeeded();
        var lines = new StringBuilder();
        for (var i = 1; i <= 500; i++)
            lines.Append("line ").Append(i).Append('\n');
        job.Says($"\n{lines}the end\n");
        Assert.Equal(2, job.Log.Split("\nline 1\n").Length);
        Assert.Single((await project.JobViews(commit)).EnumerateArray());
    }

    [Fact]
    public async Task A_job_whose_runner_is_killed_fails_within_its_time_and_the_next_runner_cleans_up()
    {
        await using var site = await GuideSite.Start(surroundings, silentRunnerTimeout: "1 minute");
        await using var runner = await site.StartRunner(GuideFiles.Config);
        var project = site.Project("myproject");
        var (commit, _, token) = await project.Leak();

        var killed = Stopwatch.StartNew();
        await runner.Signal("KILL");
        await runner.Exited();
        var job = Assert.Single(await project.Jobs(commit)).Value;

        job.FailedWith("stuck_or_timeout_failure");
        // The server looks every quarter of the minute; the last sign of life was up to 10 s old.
        Assert.InRange(killed.Elapsed, TimeSpan.FromSeconds(45), TimeSpan.FromSeconds(90));
        Assert.Equal(401, await site.StatusOfJob(token));
        (await project.Shell($"docker login -u gitlab-ci-token -p {token} {site.Registry}")).FailedWith("Access denied");
        Assert.NotEqual("", await Containers());
        await runner.Run();
        Assert.Equal("", await Containers());
        Assert.Single(await project.Run("next: {image: busybox, script: [echo ran]}\n")).Value.Succeeded();

        async Task<string> Containers() => (await site.Engine.Docker("ps", "-aq", "--filter", await runner.SystemLabel())).Succeeded();
    }

    [Fact]
    public async Task A_push_goes_on_through_a_kill_of_the_server()
    {
        await using var site = await GuideSite.Start(surroundings);
        await using var runner = await site.StartRunner(GuideFiles.Config);
        var project = site.Project("myproject");
        var commit = await project.Push("main", (".gitlab-ci.yml", GuideFiles.Pipeline), ("Dockerfile", "FROM busybox\nRUN head -c 150000000 /dev/urandom >/data && sha256sum /data >/sum\nCMD [\"sha256sum\", \"-c\", \"/sum\"]\n"));

        await project.Logged(commit, "Preparing");
        await site.UploadHolds(10_000_000);
        await site.Berth.Kill();
        await site.Berth.Restart();

        Assert.Single(await project.Jobs(commit)).Value.Succeeded();
        (await project.Shell($"docker login -u {GuideSite.Owner} --password-stdin {site.Registry}", GuideSite.Password)).Succeeded();
        Assert.EndsWith("/data: OK\n", (await project.Shell($"docker run --rm {project.Image}:main")).Succeeded(), StringComparison.Ordinal);
        (await project.Shell($"docker rmi {project.Image}:main")).Succeeded();
    }

    [Fact]
    public async Task Ten_jobs_run_at_once_each_with_its_own_log()
    {
        await using var site = await GuideSite.Start(surroundings);
        await using var runner = await site.StartRunner(GuideFiles.ConfigFor(10));
        var project = site.Project("myproject");
        var pipeline = new StringBuilder("default:\n  image: busybox\n");
        for (var i = 0; i < 10; i++)
            pipeline.Append(System.Globalization.CultureInfo.InvariantCulture, $"job-{i}:\n  script:\n    - for i in $(seq 100); do echo $CI_JOB_NAME line $i; done; sleep 3\n");

        var jobs = await project.Run(pipeline.ToString());

        Assert.Equal(10, jobs.Count);
        foreach (var job in jobs.Values)
        {
            job.Succeeded().Says($"\n{job.Name} line 100\n");
            Assert.Equal(100, job.Log.Split('\n').Count(line => line.StartsWith("job-", StringComparison.Ordinal) && line.StartsWith($"{job.Name} line ", StringComparison.Ordinal)));
            Assert.DoesNotContain(jobs.Keys.Where(name => name != job.Name), name => job.Log.Contains($"{name} line", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task A_log_of_100_MB_is_cut_and_a_secret_in_two_writes_is_masked()
    {
        await using var site = await GuideSite.Start(surroundings);
        await using var runner = await site.StartRunner(GuideFiles.ConfigFor(2));
        var project = site.Project("myproject");
        await project.Create();
        await project.SetVariable("SECRET", "s3cr3t-value");

        var jobs = await project.Run("""
            default:
              image: busybox
            much:
              script:
                - head -c 100000000 /dev/zero | tr '\0' a; echo
            secret:
              script:
                - printf "it is <${SECRET%value}"; sleep 2; printf "value> or so\n"; echo $SECRET

            """);

        var much = jobs["much"].Succeeded().Says("Job's log exceeded limit of 4194304 bytes.");
        Assert.InRange(much.Log.Length, 4194304, 4194304 + 300);
        jobs["secret"].Succeeded().Says("it is <[MASKED]> or so\n[MASKED]\n");
        Assert.DoesNotContain("s3cr3t", jobs["secret"].Log, StringComparison.Ordinal);
        Assert.True(runner.ResidentKilobytes.Peak < 100 * 1024, $"{runner.ResidentKilobytes} kB");
    }
}

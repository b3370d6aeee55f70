using Berth.Acceptance.Runner;

namespace Berth.Acceptance.Guide;

/// <summary>What a runner and Berth say to each other beside the guide: registration and its end, archives, failures, retry, cancel.</summary>
[Collection(typeof(GuideCollection))]
public sealed class RunnerTests(GuideSurroundings surroundings)
{
    [Fact]
    public async Task Registered_by_its_token_a_runner_is_verified_and_runs_jobs_until_it_is_removed()
    {
        await using var site = await GuideSite.Start(surroundings);
        var token = await site.MakeRunnerToken();
        await using var runner = site.Runner();

        (await Register(site, runner, "--token", "glrt-unknown")).FailedWith();
        (await Register(site, runner, "--token", token)).Succeeded();
        (await runner.Verb("verify")).Succeeded();
        await runner.Run();
        Assert.Single(await site.Project("myproject").Run(Echo)).Value.Succeeded().Says("\nhello from busybox\n");
        await site.RemoveRunners();

        (await runner.Verb("verify")).FailedWith();
        (await Register(site, runner, "--token", token)).FailedWith();
    }

    [Fact]
    public async Task Registered_by_the_projects_token_a_runner_is_the_projects_until_it_is_unregistered()
    {
        await using var site = await GuideSite.Start(surroundings);
        var project = site.Project("myproject");
        await project.Create();
        await using var runner = site.Runner();

        (await Register(site, runner, "--registration-token", "GR1348941unknown")).FailedWith();
        (await Register(site, runner, "--registration-token", await project.RegistrationToken(), "--tag-list", "box,here")).Succeeded();
        (await runner.Verb("verify")).Succeeded();
        await runner.Run();

        Assert.Equal(["a box"], await project.Runners());
        Assert.Single(await project.Run(Echo + "  tags: [here]\n")).Value.Succeeded().Says("\nhello from busybox\n");
        (await runner.Verb("unregister", "--url", site.Berth.Url, "--token", TokenIn(await File.ReadAllTextAsync(runner.ConfigPath, TestContext.Current.CancellationToken)))).Succeeded();
        Assert.Empty(await project.Runners());
    }

    [Fact]
    public async Task Archives_go_from_job_to_job_and_a_failed_job_keeps_its_own()
    {
        await using var site = await GuideSite.Start(surroundings);
        await using var runner = await site.StartRunner(GuideFiles.Config);
        var project = site.Project("myproject");

        var jobs = await project.Run("""
            stages: [make, use]
            default:
              image: busybox
            make:
              stage: make
              script:
                - mkdir out && head -c 5000000 /dev/urandom >out/data && sha256sum out/data >out/sum
              artifacts:
                paths: [out]
                expire_in: 1 week
            breaks:
              stage: make
              allow_failure: true
              script:
                - echo why >report && exit 3
              after_script:
                - echo after $CI_JOB_STATUS
              artifacts:
                name: "of $CI_JOB_NAME"
                when: on_failure
                paths: [report]
            use:
              stage: use
              script:
                - sha256sum -c out/sum
                - cat report
            use-one:
              stage: use
              dependencies: [make]
              script:
                - sha256sum -c out/sum
                - test ! -e report

            """);

        jobs["make"].Succeeded();
        jobs["breaks"].FailedWith("script_failure", "\nafter failed\n", "exit code 3");
        jobs["use"].Succeeded().Says("out/data: OK", "\nwhy\n");
        jobs["use-one"].Succeeded().Says("out/data: OK");
    }

    [Fact]
    public async Task A_failed_job_is_retried_by_itself_and_by_hand()
    {
        await using var site = await GuideSite.Start(surroundings);
        await using var runner = await site.StartRunner(GuideFiles.Config);
        var project = site.Project("myproject");
        var commit = await project.Push("main", (".gitlab-ci.yml", """
            flaky:
              image: busybox
              retry: 1
              script:
                - test "$MOOD" = good

            """));

        var (job, tries) = await project.LastJob(commit);
        job.FailedWith("script_failure", "exit code 1");
        Assert.Equal(2, tries);
        await project.SetVariable("MOOD", "good", masked: false);
        await project.Retry(job.Id);

        (job, tries) = await project.LastJob(commit);
        job.Succeeded();
        Assert.Equal(3, tries);
    }

    [Fact]
    public async Task A_cancelled_job_ends_on_the_runner_and_so_does_one_past_its_timeout()
    {
        await using var site = await GuideSite.Start(surroundings);
        await using var runner = await site.StartRunner(GuideFiles.Config);
        var project = site.Project("myproject");

        var commit = await project.Push("main", (".gitlab-ci.yml", """
            long:
              image: busybox
              script:
                - echo started; sleep 600

            """));
        await project.Cancel(await project.Logged(commit, "\nstarted\n"));

        // The runner takes one job at a time: this one waits until it has let go of the other.
        Assert.Single(await project.Run("""
            timed:
              image: busybox
              timeout: 10 seconds
              script:
                - sleep 600

            """)).Value.FailedWith("job_execution_timeout");
    }

    /// <summary>A verb of GitLab's runner alone; <c>./test runner</c> asks for it.</summary>
    [Fact(Explicit = true)]
    public async Task Run_single_runs_one_job_without_a_file()
    {
        await using var site = await GuideSite.Start(surroundings);
        await using var runner = site.Runner();
        var project = site.Project("myproject");
        var commit = await project.Push("main", (".gitlab-ci.yml", Echo));

        (await runner.VerbWithoutFile("run-single", "--url", site.Berth.Url, "--token", await site.MakeRunnerToken(), "--executor", "docker", "--docker-image", "busybox", "--max-builds", "1")).Succeeded();

        Assert.Single(await project.Jobs(commit)).Value.Succeeded().Says("\nhello from busybox\n");
    }

    private const string Echo = """
        echo:
          script:
            - echo hello from busybox

        """;

    private static Task<Harness.CommandResult> Register(GuideSite site, RunnerProgram runner, params string[] token) =>
        runner.Verb("register", ["--non-interactive", "--url", site.Berth.Url, "--name", "a box", "--executor", "docker", "--docker-image", "busybox", .. token]);

    private static string TokenIn(string config) => config.Split("token = \"")[1].Split('"')[0];
}

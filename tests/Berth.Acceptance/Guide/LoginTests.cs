using Berth.Acceptance.Runner;

namespace Berth.Acceptance.Guide;

/// <summary>The guide's ways to log in, and its names for images, each in a job; and what each may not.</summary>
[Collection(typeof(GuideCollection))]
public sealed class LoginTests(GuideSurroundings surroundings)
{
    private const string DockerInDocker = """
        variables:
          DOCKER_TLS_CERTDIR: "/certs"
        default:
          image: docker:20.10.16
          services:
            - docker:20.10.16-dind

        """;

    private const string PushAndPull = """
          script:
            - docker pull busybox
            - docker tag busybox $CI_REGISTRY_IMAGE/$CI_JOB_NAME
            - docker push $CI_REGISTRY_IMAGE/$CI_JOB_NAME
            - docker rmi $CI_REGISTRY_IMAGE/$CI_JOB_NAME
            - docker pull $CI_REGISTRY_IMAGE/$CI_JOB_NAME

        """;

    [Fact]
    public async Task Each_login_of_the_guide_pushes_and_pulls()
    {
        await using var site = await GuideSite.Start(surroundings);
        await using var runner = await site.StartRunner(GuideFiles.ConfigFor(4));
        var project = site.Project("myproject");
        await project.Create();
        await project.MakeDeployToken("gitlab-deploy-token", "read_registry", "write_registry");
        await project.SetVariable("ACCESS_TOKEN", await site.MakeAccessToken("read_registry", "write_registry"));

        var jobs = await project.Run(DockerInDocker + $"""
            password:
              before_script:
                - docker login -u $CI_REGISTRY_USER -p $CI_REGISTRY_PASSWORD $CI_REGISTRY
            {PushAndPull}
            job-token:
              before_script:
                - docker login -u $CI_REGISTRY_USER -p $CI_JOB_TOKEN $CI_REGISTRY
            {PushAndPull}
            deploy-token:
              before_script:
                - docker login -u $CI_DEPLOY_USER -p $CI_DEPLOY_PASSWORD $CI_REGISTRY
            {PushAndPull}
            access-token:
              before_script:
                - docker login -u {GuideSite.Owner} -p $ACCESS_TOKEN $CI_REGISTRY
            {PushAndPull}
            """);

        Assert.Equal(4, jobs.Count);
        Assert.All(jobs.Values, job => job.Succeeded().Says("Login Succeeded", $"Status: Downloaded newer image for {project.Image}/{job.Name}:latest"));
    }

    [Fact]
    public async Task A_login_that_may_too_little_fails_the_job_and_the_log_says_why()
    {
        await using var site = await GuideSite.Start(surroundings);
        await using var runner = await site.StartRunner(GuideFiles.ConfigFor(4));
        var (project, other) = (site.Project("myproject"), site.Project("other"));
        await project.PublishBusybox("base");
        var others = await other.PublishBusybox("secret");
        var reading = await project.MakeDeployToken("reads", "read_registry");
        var writing = await project.MakeDeployToken("writes", "write_registry");
        await project.SetVariable("READING", reading.Secret);
        await project.SetVariable("WRITING", writing.Secret);
        await project.SetVariable("READING_ACCESS", await site.MakeAccessToken("read_registry"));
        await project.SetVariable("CODE_ACCESS", await site.MakeAccessToken("read_repository"));

        var jobs = await project.Run(DockerInDocker + $"""
            deploy-token-that-reads:
              script:
                - docker login -u {reading.Username} -p $READING $CI_REGISTRY
                - docker pull $CI_REGISTRY_IMAGE/base
                - docker push $CI_REGISTRY_IMAGE/base
            deploy-token-that-writes:
              script:
                - docker login -u {writing.Username} -p $WRITING $CI_REGISTRY
                - docker pull $CI_REGISTRY_IMAGE/base
            access-token-that-reads:
              script:
                - docker login -u {GuideSite.Owner} -p $READING_ACCESS $CI_REGISTRY
                - docker pull $CI_REGISTRY_IMAGE/base
                - docker push $CI_REGISTRY_IMAGE/base
            access-token-for-code:
              script:
                - docker login -u {GuideSite.Owner} -p $CODE_ACCESS $CI_REGISTRY
            job-token-elsewhere:
              script:
                - docker login -u $CI_REGISTRY_USER -p $CI_JOB_TOKEN $CI_REGISTRY
                - docker pull {others}

            """);

        const string Script = "script_failure";
        jobs["deploy-token-that-reads"].FailedWith(Script, "Downloaded newer image", "the token lacks the scope write_registry");
        jobs["deploy-token-that-writes"].FailedWith(Script, "Login Succeeded", "the token lacks the scope read_registry");
        jobs["access-token-that-reads"].FailedWith(Script, "Downloaded newer image", "the token lacks the scope write_registry");
        jobs["access-token-for-code"].FailedWith(Script, "the token has none of the scopes read_registry and write_registry");
        jobs["job-token-elsewhere"].FailedWith(Script, "Login Succeeded", $"'{other.Path}/secret' is not of the project that this job token is for");
    }

    [Fact]
    public async Task The_guides_three_names_push_and_a_fourth_level_is_refused_with_the_rule()
    {
        await using var site = await GuideSite.Start(surroundings);
        await using var runner = await site.StartRunner(GuideFiles.Config);
        var project = site.Project("myproject");

        var jobs = await project.Run(DockerInDocker + """
            names:
              script:
                - docker login -u $CI_REGISTRY_USER -p $CI_REGISTRY_PASSWORD $CI_REGISTRY
                - docker pull busybox
                - |
                  for name in :some-tag /image:latest /my/image:rc1 /my/own/image:rc1; do
                    docker tag busybox $CI_REGISTRY_IMAGE$name
                    docker push $CI_REGISTRY_IMAGE$name
                  done

            """);

        jobs["names"].FailedWith("script_failure", $"'{project.Path}/my/own/image' is too deep: at most two names may follow the project '{project.Path}'");
        (await project.Shell($"docker login -u {GuideSite.Owner} --password-stdin {site.Registry}", GuideSite.Password)).Succeeded();
        foreach (var name in (string[])[":some-tag", "/image:latest", "/my/image:rc1"])
            (await project.Shell($"docker pull {project.Image}{name} && docker run --rm {project.Image}{name} true && docker rmi {project.Image}{name}")).Succeeded();
    }

    [Fact]
    public async Task A_job_token_is_good_until_the_job_is_over()
    {
        await using var site = await GuideSite.Start(surroundings);
        await using var runner = await site.StartRunner(GuideFiles.Config);
        var project = site.Project("myproject");

        var (_, job, token) = await project.Leak();
        await AssertGood();
        await project.Cancel(job);
        await AssertDead();

        (var commit, _, token) = await project.Leak("echo over");
        Assert.Single(await project.Jobs(commit)).Value.Succeeded();
        await AssertDead();

        async Task AssertGood()
        {
            (await project.Shell(Login())).Succeeded();
            (await project.Shell(Fetch())).Succeeded();
            Assert.Equal(200, await site.StatusOfJob(token));
        }

        async Task AssertDead()
        {
            (await project.Shell(Login())).FailedWith("Access denied");
            (await project.Shell(Fetch())).FailedWith("Authentication failed");
            Assert.Equal(401, await site.StatusOfJob(token));
        }

        string Login() => $"docker login -u gitlab-ci-token -p {token} {site.Registry}";

        string Fetch() => $"git -c http.sslCAInfo={site.Berth.AuthorityPath} ls-remote https://gitlab-ci-token:{token}@{site.Berth.Registry}/{project.Path}.git";
    }

    [Fact]
    public async Task A_private_image_is_pulled_by_the_jobs_credentials_and_anothers_by_DOCKER_AUTH_CONFIG()
    {
        await using var site = await GuideSite.Start(surroundings);
        await using var runner = await site.StartRunner(GuideFiles.ConfigFor(3));
        var (project, other) = (site.Project("myproject"), site.Project("other"));
        await project.PublishBusybox("tools");
        var others = await other.PublishBusybox("tools");
        var deploy = await other.MakeDeployToken("for the runner", "read_registry");
        var login = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"{deploy.Username}:{deploy.Secret}"));
        await project.SetVariable("AUTH_OF_OTHER", $"{{\"auths\":{{\"{site.Registry}\":{{\"auth\":\"{login}\"}}}}}}", masked: false);

        var jobs = await project.Run($"""
            own:
              image: $CI_REGISTRY_IMAGE/tools
              script:
                - echo ran
            anothers:
              image: {others}
              script:
                - echo ran
            anothers-with-login:
              image: {others}
              variables:
                DOCKER_AUTH_CONFIG: $AUTH_OF_OTHER
              script:
                - echo ran

            """);

        jobs["own"].Succeeded().Says("Authenticating with credentials from job payload (GitLab Registry)");
        jobs["anothers"].FailedWith(await RunnerSoftware.OfGuide.PullFailure(), $"'{other.Path}/tools' is not of the project that this job token is for");
        jobs["anothers-with-login"].Succeeded().Says("Authenticating with credentials from $DOCKER_AUTH_CONFIG");
    }
}

using System.Net;
using System.Net.Http.Headers;
using Berth.Server.Ci;
using Berth.Tests.Harness;
using Microsoft.Extensions.DependencyInjection;

namespace Berth.Tests.Ci;

public sealed class JobTests(TestServer server)
{
    private const string OneJob = "build: {script: [make]}";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_log_is_appended_where_it_ends_and_another_offset_is_answered_with_the_size()
    {
        using var project = await CiProject.Fresh(server);
        await project.Push(OneJob);
        var job = await project.Runner.Take();
        using (var first = await job.Trace("hello "))
            Assert.Equal(("0-6", "running"), (first.Headers.GetValues("Range").Single(), first.Headers.GetValues("Job-Status").Single()));
        using (var repeated = await job.Trace("hello ", at: 0))
            Assert.Equal((HttpStatusCode.RequestedRangeNotSatisfiable, "0-6"), (repeated.StatusCode, repeated.Headers.GetValues("Range").Single()));
        using (var second = await job.Trace("wörld"))
            Assert.Equal(HttpStatusCode.Accepted, second.StatusCode);
        Assert.Equal("hello wörld", await project.Log(job.Id));
    }

    [Fact]
    public async Task A_finished_log_becomes_one_object_and_reads_the_same()
    {
        using var project = await CiProject.Fresh(server);
        await project.Push(OneJob);
        var job = await project.Runner.Take();
        var text = string.Concat(Enumerable.Range(0, 60_000).Select(i => $"line {i}\n"));
        using (var sent = await job.Trace(text))
            Assert.Equal(HttpStatusCode.Accepted, sent.StatusCode);
        await job.End("success");
        Assert.Equal(text, await project.Log(job.Id));
        await server.Services.GetRequiredService<TraceArchiver>().Run(Cancel);
        Assert.Equal(text, await project.Log(job.Id));
        await using var connection = await server.Database.OpenRead(Cancel);
        Assert.Equal(0, await connection.QueryFirstOrDefault<long>("select count(*) from job_trace_chunks where job_id = @id", new { id = job.Id }, Cancel));
    }

    [Fact]
    public async Task The_last_word_repeated_is_refused_with_the_state_and_changes_nothing()
    {
        using var project = await CiProject.Fresh(server);
        var pipeline = await project.Push(OneJob);
        var job = await project.Runner.Take();
        await job.End("success");
        using var again = await job.Put("failed", "script_failure");
        Assert.Equal((HttpStatusCode.Forbidden, "success"), (again.StatusCode, again.Headers.GetValues("Job-Status").Single()));
        using var trace = await job.Trace("late");
        Assert.Equal(HttpStatusCode.Forbidden, trace.StatusCode);
        Assert.Equal("success", await project.PipelineStatus(pipeline));
    }

    [Fact]
    public async Task A_log_beyond_100_MiB_fails_the_job()
    {
        using var project = await CiProject.Fresh(server);
        await project.Push("build: {script: [make]}");
        var job = await project.Runner.Take();
        using var reply = await job.Trace("x", at: 100 * 1024 * 1024);
        Assert.Equal((HttpStatusCode.Forbidden, "failed"), (reply.StatusCode, reply.Headers.GetValues("Job-Status").Single()));
        Assert.Equal("trace_size_exceeded", (await project.Get($"jobs/{job.Id}")).GetProperty("failure_reason").GetString());
    }

    [Fact]
    public async Task One_job_goes_to_one_runner_however_many_ask_at_once()
    {
        using var project = await CiProject.Fresh(server);
        var pipeline = await project.Push(OneJob);
        await Eventually.True(async () => await project.PipelineStatus(pipeline) == "pending");
        var replies = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => project.Runner.Ask()));
        Assert.Single(replies, reply => reply.StatusCode == HttpStatusCode.Created);
        Assert.Equal(11, replies.Count(reply => reply.StatusCode == HttpStatusCode.NoContent));
    }

    [Fact]
    public async Task A_runner_that_knows_the_queue_is_held_until_a_push_brings_a_job()
    {
        using var project = await CiProject.Fresh(server);
        using var empty = await project.Runner.Ask();
        Assert.Equal(HttpStatusCode.NoContent, empty.StatusCode);
        var asking = project.Runner.Ask(empty.Headers.GetValues("X-GitLab-Last-Update").Single());
        await project.Push(OneJob);
        using var reply = await asking;
        // Another test's job may have woken it: then it asks again, as a runner does.
        if (reply.StatusCode == HttpStatusCode.NoContent)
            Assert.Equal("build", (await project.Runner.Take()).Name);
        else
            Assert.Equal(HttpStatusCode.Created, reply.StatusCode);
    }

    [Fact]
    public async Task Cancelling_ends_a_job_at_once_or_asks_a_runner_that_can_to_end_it()
    {
        using var project = await CiProject.Fresh(server);
        await project.Push(OneJob);
        var old = await project.Runner.Take();
        Assert.Equal("canceled", (await project.Post($"jobs/{old.Id}/cancel")).GetProperty("status").GetString());
        using (var put = await old.Put("running"))
            Assert.Equal((HttpStatusCode.Forbidden, "canceled"), (put.StatusCode, put.Headers.GetValues("Job-Status").Single()));
        await project.Push(OneJob, "Again");
        var graceful = await project.Runner.Take(cancelsGracefully: true);
        Assert.Equal("canceling", (await project.Post($"jobs/{graceful.Id}/cancel")).GetProperty("status").GetString());
        using (var trace = await graceful.Trace("after_script"))
            Assert.Equal((HttpStatusCode.Accepted, "canceling"), (trace.StatusCode, trace.Headers.GetValues("Job-Status").Single()));
        await graceful.End("failed", "job_canceled");
        Assert.Equal("canceled", (await project.Get($"jobs/{graceful.Id}")).GetProperty("status").GetString());
    }

    [Fact]
    public async Task The_jobs_token_pushes_and_pulls_its_own_project_while_it_runs_and_tags_name_the_job()
    {
        using var project = await CiProject.Fresh(server);
        await project.Push(OneJob);
        var job = await project.Runner.Take();
        var image = new RegistryClient(server, project.Path, await server.RegistryToken($"gitlab-ci-token:{job.Token}", $"repository:{project.Path}:pull,push"));
        await image.PushImage("built");
        await using (var connection = await server.Database.OpenRead(Cancel))
            Assert.Equal(job.Id, await connection.QueryFirstOrDefault<long?>("select job_id from tag_events where job_id = @id", new { id = job.Id }, Cancel));
        using (var current = await server.Send(HttpMethod.Get, "/api/v4/job", with: request => request.Headers.Add("JOB-TOKEN", job.Token)))
            Assert.Equal(HttpStatusCode.OK, current.StatusCode);
        await job.End("success");
        using var pulled = await image.Get("manifests/built");
        Assert.Equal(HttpStatusCode.Unauthorized, pulled.StatusCode);
        using var token = await server.Send(HttpMethod.Get, "/jwt/auth?service=container_registry", basic: $"gitlab-ci-token:{job.Token}");
        Assert.Equal(HttpStatusCode.Unauthorized, token.StatusCode);
        using var api = await server.Send(HttpMethod.Get, "/api/v4/job", with: request => request.Headers.Add("JOB-TOKEN", job.Token));
        Assert.Equal(HttpStatusCode.Unauthorized, api.StatusCode);
    }

    [Fact]
    public async Task The_jobs_token_reaches_no_other_private_project_not_even_one_of_its_own_user()
    {
        using var project = await CiProject.Fresh(server);
        var other = $"{project.Owner.Name}/other";
        await (await RegistryClient.For(server, project.Owner, other)).PushImage("latest");
        await project.Push(OneJob);
        var job = await project.Runner.Take();
        using var reply = await server.Send(HttpMethod.Get, $"/v2/{other}/manifests/latest", basic: $"gitlab-ci-token:{job.Token}");
        Assert.Equal(HttpStatusCode.Unauthorized, reply.StatusCode);
        using var made = await server.Send(HttpMethod.Post, $"/v2/{project.Owner.Name}/brandnew/blobs/uploads/", basic: $"gitlab-ci-token:{job.Token}");
        Assert.Equal(HttpStatusCode.Unauthorized, made.StatusCode);
        using var wrongName = await server.Send(HttpMethod.Get, "/v2/", basic: $"somebody:{job.Token}");
        Assert.Equal(HttpStatusCode.Unauthorized, wrongName.StatusCode);
    }

    [Fact]
    public async Task Artifacts_are_stored_and_fetched_by_the_next_job_and_by_people()
    {
        using var project = await CiProject.Fresh(server);
        await project.Push("""
            stages: [one, two]
            make: {stage: one, script: [a], artifacts: {paths: [out], expire_in: 1 week}}
            use: {stage: two, script: [b]}
            """);
        var make = await project.Runner.Take();
        var artifact = make.Payload.GetProperty("artifacts")[0];
        Assert.Equal(("archive", "zip", "1 week"), (artifact.GetProperty("artifact_type").GetString(), artifact.GetProperty("artifact_format").GetString(), artifact.GetProperty("expire_in").GetString()));
        var zip = new byte[200_000];
        Random.Shared.NextBytes(zip);
        using var form = new MultipartFormDataContent();
        var part = new ByteArrayContent(zip);
        part.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        form.Add(part, "file", "artifacts.zip");
        using (var stored = await server.Send(HttpMethod.Post, $"/api/v4/jobs/{make.Id}/artifacts?artifact_format=zip&artifact_type=archive&expire_in=1+week", form, with: request => request.Headers.Add("JOB-TOKEN", make.Token)))
            Assert.Equal(HttpStatusCode.Created, stored.StatusCode);
        await make.End("success");
        var use = await project.Runner.Take();
        var dependency = use.Payload.GetProperty("dependencies")[0];
        Assert.Equal(("make", "artifacts.zip"), (dependency.GetProperty("name").GetString(), dependency.GetProperty("artifacts_file").GetProperty("filename").GetString()));
        using (var fetched = await server.Send(HttpMethod.Get, $"/api/v4/jobs/{make.Id}/artifacts?direct_download=true", with: request => request.Headers.Add("JOB-TOKEN", dependency.GetProperty("token").GetString())))
            Assert.Equal(zip, await fetched.Content.ReadAsByteArrayAsync(Cancel));
        using var byOwner = await server.Send(HttpMethod.Get, $"/api/v4/projects/{project.Id}/jobs/{make.Id}/artifacts", token: project.Owner.Token);
        Assert.Equal(zip, await byOwner.Content.ReadAsByteArrayAsync(Cancel));
    }

    [Fact]
    public async Task Variables_of_the_project_reach_jobs_masked_and_protected_ones_only_the_default_branch()
    {
        using var project = await CiProject.Fresh(server);
        await project.Post("variables", new { key = "SECRET", value = "glass-onion", masked = true });
        await project.Post("variables", new { key = "GUARDED", value = "inner", @protected = true });
        await project.Post("variables", new { key = "CONFIG", value = "{\"a\": \"$SECRET\"}", variable_type = "file" });
        await project.Push(OneJob);
        var onMain = await project.Runner.Take();
        Assert.Equal("glass-onion", onMain.Variable("SECRET"));
        Assert.True(onMain.VariableEntry("SECRET")!.Value.GetProperty("masked").GetBoolean());
        Assert.True(onMain.VariableEntry("CONFIG")!.Value.GetProperty("file").GetBoolean());
        Assert.Equal("inner", onMain.Variable("GUARDED"));
        await project.Git.Ok("checkout", "--quiet", "-b", "side");
        await project.Push(OneJob, "Aside");
        Assert.Null((await project.Runner.Take()).Variable("GUARDED"));
        await using var connection = await server.Database.OpenRead(Cancel);
        var stored = await connection.QueryFirstOrDefault<byte[]>("select value from ci_variables where project_id = @id and key = 'SECRET'", new { id = project.Id }, Cancel);
        Assert.DoesNotContain("glass-onion", System.Text.Encoding.Latin1.GetString(stored!), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_deploy_token_of_GitLabs_name_is_given_to_jobs_and_logs_in_with_its_own_name()
    {
        using var project = await CiProject.Fresh(server);
        var made = await project.Post("deploy_tokens", new { name = "gitlab-deploy-token", scopes = new[] { "read_registry" } });
        await project.Push(OneJob);
        var job = await project.Runner.Take();
        var (user, secret) = (job.Variable("CI_DEPLOY_USER"), job.Variable("CI_DEPLOY_PASSWORD"));
        Assert.Equal((made.GetProperty("username").GetString(), made.GetProperty("token").GetString()), (user, secret));
        Assert.StartsWith("gldt-", secret, StringComparison.Ordinal);
        await (await RegistryClient.For(server, project.Owner, project.Path)).PushImage("latest");
        using (var pulled = await server.Send(HttpMethod.Get, $"/v2/{project.Path}/manifests/latest", basic: $"{user}:{secret}"))
            Assert.Equal(HttpStatusCode.OK, pulled.StatusCode);
        using (var pushed = await server.Send(HttpMethod.Post, $"/v2/{project.Path}/blobs/uploads/", basic: $"{user}:{secret}"))
            Assert.Contains("write_registry", await RegistryClient.Error(pushed), StringComparison.Ordinal);
        using (var renamed = await server.Send(HttpMethod.Get, "/v2/", basic: $"other:{secret}"))
            Assert.Equal(HttpStatusCode.Unauthorized, renamed.StatusCode);
        using (var revoked = await server.Send(HttpMethod.Delete, $"/api/v4/projects/{project.Id}/deploy_tokens/{made.GetProperty("id").GetInt64()}", token: project.Owner.Token))
            Assert.Equal(HttpStatusCode.NoContent, revoked.StatusCode);
        using var after = await server.Send(HttpMethod.Get, $"/v2/{project.Path}/manifests/latest", basic: $"{user}:{secret}");
        Assert.Equal(HttpStatusCode.Unauthorized, after.StatusCode);
    }

    [Fact]
    public async Task Retry_tries_a_failed_job_again_by_itself_as_often_as_the_file_says()
    {
        using var project = await CiProject.Fresh(server);
        var pipeline = await project.Push("build: {script: [make], retry: 1}");
        await (await project.Runner.Take()).End("failed", "script_failure", 1);
        Assert.NotEqual("failed", await project.PipelineStatus(pipeline));
        await (await project.Runner.Take()).End("failed", "script_failure", 1);
        Assert.Equal("failed", await project.PipelineStatus(pipeline));
    }

    [Fact]
    public async Task Tags_decide_which_runner_gets_a_job()
    {
        using var project = await CiProject.Fresh(server, "linux", "big");
        await project.Push("build: {script: [make], tags: [linux, arm]}");
        using var none = await project.Runner.Ask();
        Assert.Equal(HttpStatusCode.NoContent, none.StatusCode);
        var fitting = await TestRunner.OfProject(server, project.Owner, project.Id, "linux", "arm", "extra");
        Assert.Equal("build", (await fitting.Take()).Name);
    }
}

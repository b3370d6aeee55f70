using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Berth.Tests.Harness;

namespace Berth.Tests.Ci;

/// <summary>
/// What gitlab-runner sends beyond 14.7, and what it takes from the answers, by its source at 19.4 (network/gitlab.go,
/// common/network.go, common/spec).
/// </summary>
public sealed class NewRunnerTests(TestServer server)
{
    /// <summary>
    /// The fields that a runner decodes, with their Go types as JSON: n(umber), i(nteger), s(tring), b(ool). Anything else in their
    /// place fails the decoding, and the job is lost; null is taken for the zero value.
    /// </summary>
    private static readonly Dictionary<string, char> Decoded = Read("""
        id i, token s, allow_git_fetch b, job_info.id i, job_info.name s, job_info.stage s, job_info.project_id i, job_info.project_name s,
        job_info.project_full_path s, job_info.pipeline_id i, job_info.namespace_id i, job_info.user_id i, job_info.time_in_queue_seconds n,
        job_info.project_jobs_running_on_instance_runners_count s, git_info.repo_url s, git_info.ref s, git_info.sha s, git_info.before_sha s,
        git_info.ref_type s, git_info.refspecs[] s, git_info.depth i, git_info.protected b, runner_info.timeout i,
        variables[].key s, variables[].value s, variables[].public b, variables[].masked b, variables[].file b, variables[].raw b,
        steps[].name s, steps[].script[] s, steps[].timeout i, steps[].when s, steps[].allow_failure b,
        image.name s, image.entrypoint[] s, image.pull_policy[] s, image.executor_opts.docker.platform s, image.executor_opts.docker.user s,
        services[].name s, services[].alias s, services[].entrypoint[] s, services[].command[] s, services[].pull_policy[] s,
        services[].variables[].key s, services[].variables[].value s, services[].variables[].public b, services[].variables[].masked b,
        services[].variables[].file b, services[].variables[].raw b,
        artifacts[].name s, artifacts[].untracked b, artifacts[].paths[] s, artifacts[].exclude[] s, artifacts[].when s,
        artifacts[].artifact_type s, artifacts[].artifact_format s, artifacts[].expire_in s,
        credentials[].type s, credentials[].url s, credentials[].username s, credentials[].password s,
        dependencies[].id i, dependencies[].token s, dependencies[].name s, dependencies[].artifacts_file.filename s, dependencies[].artifacts_file.size i,
        features.trace_sections b, features.token_mask_prefixes[] s, features.failure_reasons[] s
        """);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_job_has_no_field_that_a_runner_cannot_decode()
    {
        using var project = await CiProject.Fresh(server);
        await project.Push("""
            stages: [one, two]
            make: {stage: one, script: [a], artifacts: {paths: [out]}}
            use:
              stage: two
              image: {name: busybox, entrypoint: [""], pull_policy: always, docker: {user: "1000", platform: linux/amd64}}
              services: [redis, {name: postgres, alias: db, entrypoint: [a], command: [b], pull_policy: [always, never], variables: {A: b}}]
              script: [b]
              after_script: [c]
              artifacts: {name: all, paths: [out], exclude: [out/tmp], untracked: true, when: always, expire_in: 1 week}
            """);
        var make = await Take(project);
        using (var form = new MultipartFormDataContent { { new ByteArrayContent(new byte[100]), "file", "artifacts.zip" } })
        using (var stored = await server.Send(HttpMethod.Post, $"/api/v4/jobs/{make.Id}/artifacts?artifact_format=zip&artifact_type=archive", form, with: request => request.Headers.Add("JOB-TOKEN", make.Token)))
            Assert.Equal(HttpStatusCode.Created, stored.StatusCode);
        await make.End("success");

        var seen = new HashSet<string>();
        foreach (var payload in (JsonElement[])[make.Payload, (await Take(project)).Payload])
            Check(payload, "", seen);

        Assert.Equal(Decoded.Keys.Order(), seen.Order());
    }

    [Fact]
    public async Task A_runner_is_verified_by_body_and_header_and_one_of_its_machines_leaves_without_it()
    {
        using var project = await CiProject.Fresh(server);

        using (var verified = await Send(HttpMethod.Post, "runners/verify", project, new { info = Info, token = project.Runner.Token, system_id = "s_0123456789ab" }))
        {
            // Anything but 200, JSON and an id ends `register`.
            Assert.Equal((HttpStatusCode.OK, "application/json"), (verified.StatusCode, verified.Content.Headers.ContentType?.MediaType));
            var body = await verified.Content.ReadFromJsonAsync<JsonElement>(Cancel);
            Assert.NotEqual(0, body.GetProperty("id").GetInt64());
            Assert.Equal((project.Runner.Token, JsonValueKind.Null), (body.GetProperty("token").GetString(), body.GetProperty("token_expires_at").ValueKind));
        }
        using (var left = await Send(HttpMethod.Delete, "runners/managers", project, new { token = project.Runner.Token, system_id = "s_0123456789ab" }))
            Assert.Equal(HttpStatusCode.NoContent, left.StatusCode);
        using var stays = await Send(HttpMethod.Post, "runners/verify", project, new { token = project.Runner.Token });
        Assert.Equal(HttpStatusCode.OK, stays.StatusCode);
    }

    [Fact]
    public async Task A_job_taken_is_confirmed_logged_and_ended_with_the_checksum_of_its_log()
    {
        using var project = await CiProject.Fresh(server);
        var pipeline = await project.Push("build: {script: [make]}");
        var job = await Take(project);

        // Two-phase commit (18.5): running is said right after the job is received.
        using (var confirmed = await Report(job, new { info = Info, token = job.Token, state = "running", output = new { } }))
            Assert.Equal((HttpStatusCode.OK, "running", "3"), (confirmed.StatusCode, Header(confirmed, "Job-Status"), Header(confirmed, "X-GitLab-Trace-Update-Interval")));
        using (var traced = await server.Send(HttpMethod.Patch, $"/api/v4/jobs/{job.Id}/trace?debug_trace=false", Text("hello"), with: request => request.Headers.Add("JOB-TOKEN", job.Token)))
            Assert.Equal((HttpStatusCode.Accepted, "0-5", "running"), (traced.StatusCode, Header(traced, "Range"), Header(traced, "Job-Status")));
        using (var ended = await Report(job, new { info = Info, token = job.Token, state = "success", checksum = "crc32:3610a686", output = new { checksum = "crc32:3610a686", bytesize = 5 } }))
            Assert.Equal(HttpStatusCode.OK, ended.StatusCode);

        Assert.Equal(("success", "hello"), (await project.PipelineStatus(pipeline), await project.Log(job.Id)));
    }

    [Fact]
    public async Task A_cancelled_job_that_says_it_runs_is_told_to_run_after_script_and_its_last_word_cancels_it()
    {
        using var project = await CiProject.Fresh(server);
        var pipeline = await project.Push("build: {script: [make]}");
        var job = await Take(project);
        await project.Post($"jobs/{job.Id}/cancel");

        using (var running = await Report(job, new { info = Info, token = job.Token, state = "running", output = new { } }))
            Assert.Equal((HttpStatusCode.OK, "canceling"), (running.StatusCode, Header(running, "Job-Status")));
        using (var ended = await Report(job, new { info = Info, token = job.Token, state = "failed", failure_reason = "job_canceled", output = new { }, exit_code = 1 }))
            Assert.Equal(HttpStatusCode.OK, ended.StatusCode);

        Assert.Equal("canceled", await project.PipelineStatus(pipeline));
    }

    [Fact]
    public async Task A_job_asks_for_a_log_without_times_unless_its_file_wants_them()
    {
        using var project = await CiProject.Fresh(server);
        await project.Push("""
            plain: {script: [make]}
            timed: {script: [make], variables: {FF_TIMESTAMPS: "true"}}
            """);
        var wanted = new Dictionary<string, string?>();
        foreach (var job in (TestJob[])[await Take(project), await Take(project)])
            wanted.Add(job.Name, job.Variable("FF_TIMESTAMPS"));
        Assert.Equal(("false", "true"), (wanted["plain"], wanted["timed"]));
    }

    [Fact]
    public async Task There_is_no_job_router_to_discover()
    {
        using var project = await CiProject.Fresh(server);
        using var discovery = await server.Send(HttpMethod.Get, "/api/v4/runners/router/discovery", with: request => request.Headers.Add("RUNNER-TOKEN", project.Runner.Token));
        Assert.Equal(HttpStatusCode.NotImplemented, discovery.StatusCode);
    }

    private static object Info => new
    {
        name = "gitlab-runner",
        version = "19.4.0",
        revision = "d79f3e7b",
        platform = "linux",
        architecture = "amd64",
        executor = "docker",
        shell = "bash",
        features = new { variables = true, image = true, services = true, refspecs = true, masking = true, return_exit_code = true, cancel_gracefully = true, two_phase_job_commit = true, job_inputs = true },
        config = new { gpus = "" },
        labels = new { place = "here" },
    };

    private async Task<TestJob> Take(CiProject project)
    {
        TestJob? job = null;
        await Eventually.True(async () =>
        {
            using var reply = await Send(HttpMethod.Post, "jobs/request", project, new { info = Info, token = project.Runner.Token, system_id = "s_0123456789ab" });
            if (reply.StatusCode == HttpStatusCode.NoContent)
                return false;
            Assert.Equal((HttpStatusCode.Created, "application/json"), (reply.StatusCode, reply.Content.Headers.ContentType?.MediaType));
            job = new TestJob(server, await reply.Content.ReadFromJsonAsync<JsonElement>(Cancel));
            return true;
        });
        return job!;
    }

    private Task<HttpResponseMessage> Send(HttpMethod method, string path, CiProject project, object body) => server.Send(method, $"/api/v4/{path}", JsonContent.Create(body), with: request =>
    {
        // Since 17.11, beside the token in the body; the other since 18.1.
        request.Headers.Add("RUNNER-TOKEN", project.Runner.Token);
        request.Headers.Add("X-Request-Id", "01H0000000000000000000000");
    });

    private Task<HttpResponseMessage> Report(TestJob job, object body) =>
        server.Send(HttpMethod.Put, $"/api/v4/jobs/{job.Id}", JsonContent.Create(body), with: request => request.Headers.Add("JOB-TOKEN", job.Token));

    private static ByteArrayContent Text(string text)
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(text));
        content.Headers.TryAddWithoutValidation("Content-Type", "text/plain");
        content.Headers.TryAddWithoutValidation("Content-Range", $"0-{text.Length - 1}");
        return content;
    }

    private static string Header(HttpResponseMessage reply, string name) => reply.Headers.GetValues(name).Single();

    private static Dictionary<string, char> Read(string fields) =>
        fields.Split([',', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(field => field.Split(' ')).ToDictionary(field => field[0], field => field[1][0]);

    private static void Check(JsonElement element, string path, HashSet<string> seen)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var field in element.EnumerateObject())
                    Check(field.Value, path.Length == 0 ? field.Name : $"{path}.{field.Name}", seen);
                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                    Check(item, path + "[]", seen);
                break;
            case JsonValueKind.Null:
                break;
            default:
                Assert.True(Decoded.TryGetValue(path, out var type), $"no runner knows {path}");
                Assert.True(type switch
                {
                    'i' => element.ValueKind == JsonValueKind.Number && element.TryGetInt64(out _),
                    'n' => element.ValueKind == JsonValueKind.Number,
                    's' => element.ValueKind == JsonValueKind.String,
                    _ => element.ValueKind is JsonValueKind.True or JsonValueKind.False,
                }, $"{path} is {element.GetRawText()}");
                seen.Add(path);
                break;
        }
    }
}

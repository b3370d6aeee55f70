using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Berth.Tests.Harness;

namespace Berth.Tests.Ci;

public sealed class RunnerTests(TestServer server)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_old_runner_registers_by_the_registration_token_and_unregisters()
    {
        using var project = await CiProject.Fresh(server);
        var registration = (await project.Get("runners/registration_token")).GetProperty("token").GetString();
        Assert.Equal(registration, (await project.Get("runners/registration_token")).GetProperty("token").GetString());
        // As 14.7 sends it: active instead of paused, tags in one text.
        using var registered = await Post("/api/v4/runners", new { token = registration, description = "old", tag_list = "a, b", run_untagged = true, active = true, info = new { name = "gitlab-runner" } });
        Assert.Equal(HttpStatusCode.Created, registered.StatusCode);
        var runner = await registered.Content.ReadFromJsonAsync<JsonElement>(Cancel);
        Assert.Equal(JsonValueKind.Null, runner.GetProperty("token_expires_at").ValueKind);
        var token = runner.GetProperty("token").GetString();
        using (var verified = await Post("/api/v4/runners/verify", new { token }))
        {
            Assert.Equal(HttpStatusCode.OK, verified.StatusCode);
            Assert.Equal(runner.GetProperty("id").GetInt64(), (await verified.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("id").GetInt64());
        }
        using (var removed = await server.Send(HttpMethod.Delete, "/api/v4/runners", JsonContent.Create(new { token })))
            Assert.Equal(HttpStatusCode.NoContent, removed.StatusCode);
        using var gone = await Post("/api/v4/runners/verify", new { token });
        Assert.Equal(HttpStatusCode.Forbidden, gone.StatusCode);
    }

    [Fact]
    public async Task Unknown_tokens_are_answered_with_403_as_runners_expect()
    {
        using var register = await Post("/api/v4/runners", new { token = "wrong", description = "x" });
        using var verify = await Post("/api/v4/runners/verify", new { token = "glrt-wrong" });
        using var ask = await Post("/api/v4/jobs/request", new { token = "glrt-wrong" });
        using var update = await server.Send(HttpMethod.Put, "/api/v4/jobs/1", JsonContent.Create(new { token = "wrong", state = "success" }));
        Assert.All([register, verify, ask, update], reply => Assert.Equal(HttpStatusCode.Forbidden, reply.StatusCode));
    }

    [Fact]
    public async Task A_paused_runner_gets_nothing_and_stays_healthy()
    {
        using var project = await CiProject.Fresh(server);
        await project.Push("build: {script: [make]}");
        var id = (await project.Get("runners")).EnumerateArray().Single(runner => runner.GetProperty("runner_type").GetString() == "project_type").GetProperty("id").GetInt64();
        using (var paused = await server.Send(HttpMethod.Put, $"/api/v4/runners/{id}", JsonContent.Create(new { paused = true }), token: TestServer.RootToken))
            Assert.Equal(HttpStatusCode.OK, paused.StatusCode);
        using (var none = await project.Runner.Ask())
            Assert.Equal(HttpStatusCode.NoContent, none.StatusCode);
        using (var resumed = await server.Send(HttpMethod.Put, $"/api/v4/runners/{id}", JsonContent.Create(new { paused = false }), token: TestServer.RootToken))
            Assert.Equal(HttpStatusCode.OK, resumed.StatusCode);
        Assert.Equal("build", (await project.Runner.Take()).Name);
    }

    [Fact]
    public async Task Runners_of_the_instance_are_made_by_administrators_alone_and_of_a_project_by_its_maintainers()
    {
        using var project = await CiProject.Fresh(server);
        using var instance = await server.Send(HttpMethod.Post, "/api/v4/user/runners", JsonContent.Create(new { runner_type = "instance_type" }), token: project.Owner.Token);
        Assert.Equal(HttpStatusCode.Forbidden, instance.StatusCode);
        var stranger = await server.NewUser("api");
        using var other = await server.Send(HttpMethod.Post, "/api/v4/user/runners", JsonContent.Create(new { runner_type = "project_type", project_id = project.Id }), token: stranger.Token);
        Assert.Equal(HttpStatusCode.NotFound, other.StatusCode);
    }

    [Fact]
    public async Task A_new_token_ends_the_old_one()
    {
        using var project = await CiProject.Fresh(server);
        using var reset = await Post("/api/v4/runners/reset_authentication_token", new { token = project.Runner.Token });
        Assert.Equal(HttpStatusCode.Created, reset.StatusCode);
        using var old = await Post("/api/v4/runners/verify", new { token = project.Runner.Token });
        Assert.Equal(HttpStatusCode.Forbidden, old.StatusCode);
    }

    /// <summary>From 16.0 on gitlab-runner's unregister takes a whole runner away only if its token has another prefix than glrt-.</summary>
    [Fact]
    public async Task Tokens_say_by_their_prefix_whether_the_runner_was_registered_or_made()
    {
        using var project = await CiProject.Fresh(server);
        using var registered = await Post("/api/v4/runners", new { token = (await project.Get("runners/registration_token")).GetProperty("token").GetString(), description = "old", run_untagged = true });
        var token = (await registered.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("token").GetString();
        Assert.Matches("^glrtr-[A-Za-z0-9_-]{20,}$", token);
        Assert.Matches("^glrtr-[A-Za-z0-9_-]{20,}$", await Reset(token));
        Assert.Matches("^glrt-[A-Za-z0-9_-]{20,}$", project.Runner.Token);
        Assert.Matches("^glrt-[A-Za-z0-9_-]{20,}$", await Reset(project.Runner.Token));

        async Task<string?> Reset(string? old)
        {
            using var reset = await Post("/api/v4/runners/reset_authentication_token", new { token = old });
            return (await reset.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("token").GetString();
        }
    }

    private Task<HttpResponseMessage> Post(string path, object body) => server.Send(HttpMethod.Post, path, JsonContent.Create(body));
}

using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Berth.Tests.Harness;

namespace Berth.Tests.Ci;

/// <summary>Speaks the Runner API as gitlab-runner 14.7.1 was recorded to, step by step.</summary>
internal sealed class TestRunner(TestServer server, string token)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public string Token => token;

    /// <summary>A runner of one project, made by its owner.</summary>
    public static async Task<TestRunner> OfProject(TestServer server, TestUser owner, long projectId, params string[] tags)
    {
        using var reply = await server.Send(HttpMethod.Post, "/api/v4/user/runners",
            JsonContent.Create(new { runner_type = "project_type", project_id = projectId, description = "test", tag_list = tags, run_untagged = true }), token: owner.Token);
        Assert.Equal(HttpStatusCode.Created, reply.StatusCode);
        return new TestRunner(server, (await reply.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("token").GetString()!);
    }

    /// <summary>Asks for a job once, as a runner with these features.</summary>
    public async Task<HttpResponseMessage> Ask(string? lastUpdate = null, bool cancelsGracefully = false) => await server.Send(HttpMethod.Post, "/api/v4/jobs/request", JsonContent.Create(new
    {
        info = new
        {
            name = "gitlab-runner",
            version = "14.7.1",
            revision = "b7a82ae0",
            platform = "linux",
            architecture = "amd64",
            executor = "docker",
            shell = "bash",
            features = new { variables = true, image = true, services = true, refspecs = true, masking = true, return_exit_code = true, cancel_gracefully = cancelsGracefully },
            config = new { gpus = "" },
        },
        token,
        last_update = lastUpdate,
    }));

    /// <summary>Asks until there is a job, which a push makes in the background.</summary>
    public async Task<TestJob> Take(bool cancelsGracefully = false)
    {
        TestJob? job = null;
        await Eventually.True(async () =>
        {
            using var reply = await Ask(cancelsGracefully: cancelsGracefully);
            if (reply.StatusCode == HttpStatusCode.NoContent)
                return false;
            Assert.Equal(HttpStatusCode.Created, reply.StatusCode);
            job = new TestJob(server, await reply.Content.ReadFromJsonAsync<JsonElement>(Cancel));
            return true;
        });
        return job!;
    }
}

/// <summary>A job in a runner's hands.</summary>
internal sealed class TestJob(TestServer server, JsonElement payload)
{
    private int _sent;

    public JsonElement Payload => payload;

    public long Id => payload.GetProperty("id").GetInt64();

    public string Token => payload.GetProperty("token").GetString()!;

    public string Name => payload.GetProperty("job_info").GetProperty("name").GetString()!;

    /// <summary>The value of a variable; null if the job has none of that name.</summary>
    public string? Variable(string key) => VariableEntry(key)?.GetProperty("value").GetString();

    public JsonElement? VariableEntry(string key)
    {
        foreach (var variable in payload.GetProperty("variables").EnumerateArray())
        {
            if (variable.GetProperty("key").GetString() == key)
                return variable;
        }
        return null;
    }

    /// <summary>Appends to the log at an offset, by default where the last one ended.</summary>
    public async Task<HttpResponseMessage> Trace(string text, int? at = null)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var start = at ?? _sent;
        var content = new ByteArrayContent(bytes);
        content.Headers.ContentType = new MediaTypeHeaderValue("text/plain");
        content.Headers.TryAddWithoutValidation("Content-Range", $"{start}-{start + bytes.Length - 1}");
        var reply = await server.Send(HttpMethod.Patch, $"/api/v4/jobs/{Id}/trace", content, with: request => request.Headers.Add("JOB-TOKEN", Token));
        if (reply.StatusCode == HttpStatusCode.Accepted)
            _sent = start + bytes.Length;
        return reply;
    }

    public Task<HttpResponseMessage> Put(string state, string? reason = null, int? exitCode = null) =>
        server.Send(HttpMethod.Put, $"/api/v4/jobs/{Id}", JsonContent.Create(new { token = Token, state, failure_reason = reason, exit_code = exitCode }));

    /// <summary>Ends the job; fails the test unless that is taken.</summary>
    public async Task End(string state, string? reason = null, int? exitCode = null)
    {
        using var reply = await Put(state, reason, exitCode);
        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
    }
}

using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Berth.Acceptance.Harness;

namespace Berth.Acceptance.Web;

/// <summary>A project with code of root's, and a runner of that project whose every step is the test's.</summary>
internal sealed class CodeProject : IDisposable
{
    private readonly HttpClient _client;
    private readonly string _path;
    private readonly string _remote;
    private readonly DirectoryInfo _code = Directory.CreateTempSubdirectory("berth-code-");
    private string? _runner;
    private long _sent;

    private CodeProject(BerthProgram berth, string path)
    {
        (_path, _remote) = (path, $"{berth.Url.Replace("://", $"://root:{BerthProgram.RootToken}@", StringComparison.Ordinal)}/{path}.git");
        _client = new HttpClient { BaseAddress = new Uri(berth.Url) };
        _client.DefaultRequestHeaders.Add("PRIVATE-TOKEN", BerthProgram.RootToken);
    }

    /// <summary>The job that runs.</summary>
    public long Job { get; private set; }

    /// <summary>Its token, also for the registry.</summary>
    public string JobToken { get; private set; } = "";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Pushes a commit with this .gitlab-ci.yml.</summary>
    public static async Task<CodeProject> Push(BerthProgram berth, string path, string pipeline, string message = "Build it", string branch = "main")
    {
        var project = new CodeProject(berth, path);
        await project.Git("init", "--quiet", "--initial-branch=main");
        await project.Push(pipeline, message, branch);
        return project;
    }

    /// <summary>Pushes one more.</summary>
    public async Task Push(string pipeline, string message, string branch = "main")
    {
        await File.WriteAllTextAsync(Path.Combine(_code.FullName, ".gitlab-ci.yml"), pipeline, Cancel);
        await Git("add", "--all");
        await Git("-c", "user.name=Ada Lovelace", "-c", "user.email=ada@example.com", "commit", "--quiet", "--allow-empty", "--message", message);
        await Git("push", "--quiet", _remote, $"HEAD:refs/heads/{branch}");
    }

    /// <summary>Takes the next job that waits.</summary>
    public async Task TakeJob()
    {
        _runner ??= await MakeRunner();
        (Job, _sent) = (0, 0);
        // The pipeline is made behind the push; each answer says since which state of the queue there was nothing.
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        limit.CancelAfter(TimeSpan.FromMinutes(1));
        while (Job == 0)
        {
            using var reply = await _client.PostAsJsonAsync("/api/v4/jobs/request", new { token = _runner, info = new { name = "gitlab-runner", version = "17.0.0", platform = "linux", architecture = "amd64", features = new { } } }, limit.Token);
            reply.EnsureSuccessStatusCode();
            if (reply.StatusCode != HttpStatusCode.Created)
                continue;
            var job = await reply.Content.ReadFromJsonAsync<JsonElement>(Cancel);
            (Job, JobToken) = (job.GetProperty("id").GetInt64(), job.GetProperty("token").GetString()!);
        }
    }

    public async Task Trace(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        using var request = new HttpRequestMessage(HttpMethod.Patch, $"/api/v4/jobs/{Job}/trace") { Content = new ByteArrayContent(bytes) };
        request.Headers.Add("JOB-TOKEN", JobToken);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("text/plain");
        request.Content.Headers.TryAddWithoutValidation("Content-Range", string.Create(CultureInfo.InvariantCulture, $"{_sent}-{_sent + bytes.Length - 1}"));
        using var reply = await _client.SendAsync(request, Cancel);
        reply.EnsureSuccessStatusCode();
        _sent += bytes.Length;
    }

    public async Task End(string state = "success")
    {
        using var reply = await _client.PutAsJsonAsync($"/api/v4/jobs/{Job}", new { token = JobToken, state }, Cancel);
        reply.EnsureSuccessStatusCode();
    }

    public void Dispose()
    {
        _client.Dispose();
        _code.Delete(recursive: true);
    }

    private async Task<string> MakeRunner()
    {
        var project = await _client.GetFromJsonAsync<JsonElement>($"/api/v4/projects/{Uri.EscapeDataString(_path)}", Cancel);
        using var made = await _client.PostAsJsonAsync("/api/v4/user/runners", new { runner_type = "project_type", project_id = project.GetProperty("id").GetInt64(), run_untagged = true }, Cancel);
        made.EnsureSuccessStatusCode();
        return (await made.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("token").GetString()!;
    }

    private async Task Git(params string[] arguments) => (await Command.Run("git", ["-C", _code.FullName, .. arguments])).Succeeded();
}

using System.Text.Json;
using Berth.Acceptance.Harness;

namespace Berth.Acceptance.Guide;

/// <summary>A project of the site's owner: its files on a workstation, pushed by git, and the jobs that come of it.</summary>
internal sealed class CiProject : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    private readonly GuideSite _site;
    private readonly Workstation _workstation;
    private readonly RestApi _api;
    private bool _isCloned;

    public CiProject(GuideSite site, string name)
    {
        (_site, Path) = (site, $"{GuideSite.Owner}/{name}");
        _workstation = new Workstation(site.Engine);
        _api = site.As(GuideSite.Owner);
    }

    /// <summary>Namespace and name.</summary>
    public string Path { get; }

    /// <summary>When the last <c>git push</c> began.</summary>
    public DateTimeOffset PushedAt { get; private set; }

    public string Image => $"{_site.Registry}/{Path}";

    /// <summary>In the REST API.</summary>
    public string ApiPath => $"projects/{Uri.EscapeDataString(Path)}";

    /// <summary>The address that git pushes to, with the owner's password in it.</summary>
    private string GitUrl => new UriBuilder($"{_site.Berth.Url}/{Path}.git") { UserName = GuideSite.Owner, Password = GuideSite.Password }.Uri.AbsoluteUri;

    /// <summary>Makes it before the first push, for variables and tokens.</summary>
    public Task Create() => _api.Post("projects", new { path = Path[(GuideSite.Owner.Length + 1)..] });

    /// <summary>Commits files and pushes them; returns the commit's id.</summary>
    public async Task<string> Push(string branch, params (string Path, string Content)[] files)
    {
        if (!_isCloned)
        {
            (await Git($"init -q -b main . && git config user.name Reader && git config user.email reader@example.com && git config http.sslCAInfo {_site.Berth.AuthorityPath} && git remote add origin {GitUrl}")).Succeeded();
            _isCloned = true;
        }
        foreach (var (path, content) in files)
            await File.WriteAllTextAsync(System.IO.Path.Combine(_workstation.Home, path), content, TestContext.Current.CancellationToken);
        (await Git($"checkout -q -B {branch} && git add {string.Join(' ', files.Select(file => file.Path))} && git commit -q -m 'Follow the guide'")).Succeeded();
        PushedAt = TimeProvider.System.GetUtcNow();
        (await Git($"push -q origin {branch}")).Succeeded();
        return (await Git("rev-parse HEAD")).Succeeded().Trim();
    }

    /// <summary>Pushes a pipeline and waits until all its jobs have ended.</summary>
    public async Task<IReadOnlyDictionary<string, CiJob>> Run(string pipeline, string branch = "main", params (string Path, string Content)[] files) =>
        await Jobs(await Push(branch, [(".gitlab-ci.yml", pipeline), .. files]));

    /// <summary>The pipeline of a commit; waits until there is one, which the push does not.</summary>
    public async Task<JsonElement> Pipeline(string commit)
    {
        JsonElement? found = null;
        await Until(async () =>
        {
            var pipelines = (await _api.Get($"{ApiPath}/pipelines")).EnumerateArray().Where(pipeline => pipeline.GetProperty("sha").GetString() == commit).ToList();
            found = pipelines.Count > 0 ? Assert.Single(pipelines) : null;
            return found is not null;
        });
        return found!.Value;
    }

    /// <summary>Waits until the pipeline of a commit has ended; returns its jobs by their names.</summary>
    public async Task<IReadOnlyDictionary<string, CiJob>> Jobs(string commit)
    {
        await Until(async () => IsOver(await Pipeline(commit)));
        var jobs = new Dictionary<string, CiJob>();
        foreach (var view in (await JobViews(commit)).EnumerateArray())
        {
            var job = await Job(view);
            jobs.Add(job.Name, job);
        }
        return jobs;
    }

    /// <summary>Waits until the pipeline of a commit has ended, which has one job; returns its last try, and how many there were.</summary>
    public async Task<(CiJob Job, int Tries)> LastJob(string commit)
    {
        await Until(async () => IsOver(await Pipeline(commit)));
        var views = (await JobViews(commit)).EnumerateArray().OrderBy(view => view.GetProperty("id").GetInt64()).ToList();
        Assert.Single(views.Select(view => view.GetProperty("name").GetString()).Distinct());
        return (await Job(views[^1]), views.Count);
    }

    /// <summary>The jobs of a commit's pipeline as the API shows them, also before they end.</summary>
    public async Task<JsonElement> JobViews(string commit) =>
        await _api.Get($"{ApiPath}/pipelines/{(await Pipeline(commit)).GetProperty("id").GetInt64()}/jobs?include_retried=true");

    public Task<string> Log(long job) => _api.GetText($"{ApiPath}/jobs/{job}/trace");

    /// <summary>Waits until the only job of a commit has logged these words; returns its id.</summary>
    public async Task<long> Logged(string commit, string words)
    {
        long id = 0;
        await Until(async () =>
        {
            id = (await JobViews(commit))[0].GetProperty("id").GetInt64();
            return (await Log(id)).Contains(words, StringComparison.Ordinal);
        });
        return id;
    }

    /// <summary>Runs a job that tells its token and then does something: by default it goes on for ten minutes.</summary>
    public async Task<(string Commit, long Job, string Token)> Leak(string then = "sleep 600")
    {
        const string Before = "the token is <g";
        // With gaps, or it would be masked.
        var commit = await Push("main", (".gitlab-ci.yml", $"""
            leak:
              image: busybox
              script:
                - echo "the token is <$(echo $CI_JOB_TOKEN | sed 's/./& /g')>"
                - {then}

            """));
        var job = await Logged(commit, Before);
        return (commit, job, (await Log(job)).Split(Before)[1].Split('>')[0].Replace(" ", "", StringComparison.Ordinal).Insert(0, "g"));
    }

    public Task SetVariable(string key, string value, bool masked = true) =>
        _api.Post($"{ApiPath}/variables", new { key, value, masked });

    /// <summary>Makes a deploy token; returns its user name and secret.</summary>
    public async Task<(string Username, string Secret)> MakeDeployToken(string name, params string[] scopes)
    {
        var made = await _api.Post($"{ApiPath}/deploy_tokens", new { name, scopes });
        return (made.GetProperty("username").GetString()!, made.GetProperty("token").GetString()!);
    }

    /// <summary>Pushes busybox under a name of the project, by the owner's hand.</summary>
    public async Task<string> PublishBusybox(string name)
    {
        var image = $"{Image}/{name}";
        (await Shell($"docker login -u {GuideSite.Owner} --password-stdin {_site.Registry}", GuideSite.Password)).Succeeded();
        (await Shell($"docker tag busybox {image} && docker push -q {image} && docker rmi {image}")).Succeeded();
        return image;
    }

    /// <summary>Runs a line of shell on the owner's workstation.</summary>
    public Task<CommandResult> Shell(string line, string input = "") => _workstation.Run(line, input);

    /// <summary>Runs a failed job again.</summary>
    public Task Retry(long job) => _api.Post($"{ApiPath}/jobs/{job}/retry", new { });

    /// <summary>The token that makes runners of this project.</summary>
    public async Task<string> RegistrationToken() => (await _api.Get($"{ApiPath}/runners/registration_token")).GetProperty("token").GetString()!;

    /// <summary>The descriptions of the runners that are the project's own.</summary>
    public async Task<IReadOnlyList<string>> Runners() => [.. (await _api.Get($"{ApiPath}/runners")).EnumerateArray().Select(runner => runner.GetProperty("description").GetString()!)];

    /// <summary>Cancels a job and waits until it is over.</summary>
    public async Task Cancel(long job)
    {
        await _api.Post($"{ApiPath}/jobs/{job}/cancel", new { });
        await Until(async () => (await _api.Get($"{ApiPath}/jobs/{job}")).GetProperty("status").GetString() == "canceled");
    }

    public void Dispose()
    {
        _workstation.Dispose();
        _api.Dispose();
    }

    private async Task<CiJob> Job(JsonElement view)
    {
        var id = view.GetProperty("id").GetInt64();
        return new CiJob(id, view.GetProperty("name").GetString()!, view.GetProperty("status").GetString()!, view.GetProperty("failure_reason").GetString(), await Log(id));
    }

    private Task<CommandResult> Git(string arguments) => _workstation.Run($"cd && git {arguments}");

    private static bool IsOver(JsonElement pipeline) => pipeline.GetProperty("status").GetString() is "success" or "failed" or "canceled" or "skipped";

    private async Task Until(Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (!await condition())
        {
            Assert.False(limit.IsCancellationRequested, $"{Path} did not get there within {Limit}:\n{_site.Berth.Output}");
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }
}

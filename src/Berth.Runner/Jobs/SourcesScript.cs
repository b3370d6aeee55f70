using System.Globalization;
using System.Text;
using Berth.Runner.Configuration;
using Berth.Runner.Coordinator;

namespace Berth.Runner.Jobs;

/// <summary>
/// The script for the helper container that makes the project's directory: file variables, then git by GIT_STRATEGY, GIT_DEPTH and
/// their like. It runs as root and leaves everything writable for whoever the job runs as.
/// </summary>
internal sealed class SourcesScript(Job job, RunnerEntry runner, JobVariables variables, JobPaths paths)
{
    private const string Clone = "clone";
    private const string Fetch = "fetch";
    private const string None = "none";
    private const string Empty = "empty";

    private readonly StringBuilder _script = new();

    private GitInfo Git => job.GitInfo ?? new GitInfo();

    /// <summary>clone, fetch, none or empty.</summary>
    public string Strategy => variables["GIT_STRATEGY"] switch
    {
        (Clone or Fetch or None or Empty) and var known => known,
        _ => job.AllowGitFetch ? Fetch : Clone,
    };

    public int Attempts => Math.Clamp(variables.Number("GET_SOURCES_ATTEMPTS", 1), 1, 10);

    public override string ToString()
    {
        _script.Clear();
        Begin();
        if (Strategy is None or Empty)
            LeaveSources();
        else
            GetSources();
        Hook("post_get_sources_script", runner.PostGetSourcesScript);
        return Shell.Wrap(_script.ToString(), debugTrace: false);
    }

    /// <summary>The script that removes the file variables when the job is over: the volume may outlive it.</summary>
    public string CleanUp() => $"rm -rf {Shell.Quote(paths.TemporaryDirectory)}\n";

    private void Begin()
    {
        _script.Append("umask 0000\n");
        _script.Append(CultureInfo.InvariantCulture, $"rm -rf {Shell.Quote(paths.TemporaryDirectory)}\nmkdir -p {Shell.Quote(paths.TemporaryDirectory)}\n");
        foreach (var variable in variables.All.Where(variable => variable.File))
            _script.Append("printf %s ").Append(Shell.Quote(variable.Value ?? "")).Append(" >").Append(Shell.Quote(variables.FilePath(variable))).Append('\n');
        _script.Append(": >").Append(Shell.Quote(paths.EnvironmentFile)).Append('\n');
        Shell.Export(_script, variables);
        // In a home of its own: the helper lives as long as the job. The directories of earlier jobs may belong to anyone.
        _script.Append("""
            export HOME="$(mktemp -d)" GIT_TERMINAL_PROMPT=0 GCM_INTERACTIVE=never
            git config --global safe.directory '*'
            git config --global init.defaultBranch none
            git config --global gc.autoDetach false
            git config --global advice.detachedHead false

            """);
        if (variables["CI_SERVER_TLS_CA_FILE"] is { Length: > 0 } authorities)
            _script.Append("git config --global http.sslCAInfo ").Append(Shell.Quote(authorities)).Append('\n');
        Hook("pre_get_sources_script", runner.PreGetSourcesScript);
    }

    private void LeaveSources()
    {
        if (Strategy == Empty)
            _script.Append("rm -rf ").Append(Shell.Quote(paths.ProjectDirectory)).Append('\n');
        _script.Append("mkdir -p ").Append(Shell.Quote(paths.ProjectDirectory)).Append('\n');
        Notice("Skipping Git repository setup");
        Notice("Skipping Git checkout");
        Notice("Skipping Git submodules setup");
        EnterProject();
    }

    private void GetSources()
    {
        var depth = variables.Number("GIT_DEPTH", Git.Depth);
        Notice(depth > 0 ? $"Fetching changes with git depth set to {depth}..." : "Fetching changes...");
        if (Strategy == Clone)
            _script.Append("rm -rf ").Append(Shell.Quote(paths.ProjectDirectory)).Append('\n');
        _script.Append("mkdir -p ").Append(Shell.Quote(paths.ProjectDirectory)).Append('\n');
        EnterProject();
        // A job that was killed leaves locks; an earlier job's settings and hooks are not for this one.
        _script.Append("rm -f .git/index.lock .git/shallow.lock .git/HEAD.lock .git/config.lock .git/refs/remotes/*/*.lock\n");
        if (runner.CleanGitConfig)
            _script.Append("rm -rf .git/config .git/hooks .git/info/attributes\n");
        var format = Git.RepoObjectFormat == "sha256" ? " --object-format=sha256" : "";
        _script.Append(CultureInfo.InvariantCulture, $"git init{format} .\n");
        var url = Shell.Quote(RepositoryUrl());
        _script.Append(CultureInfo.InvariantCulture, $"git remote add origin {url} 2>/dev/null || git remote set-url origin {url}\n");
        FetchCommits(depth);
        if (variables["GIT_CHECKOUT"] == "false")
            Notice("Skipping Git checkout");
        else
            Checkout();
        Submodules();
    }

    private void FetchCommits(int depth)
    {
        _script.Append("git -c http.userAgent=").Append(Shell.Quote($"berth-runner {RunnerInfo.OwnVersion} linux/{RunnerInfo.OwnArchitecture}"));
        _script.Append(" fetch origin --no-recurse-submodules");
        foreach (var refspec in Git.Refspecs ?? [])
            _script.Append(' ').Append(Shell.Quote(refspec));
        if (depth > 0)
            _script.Append(CultureInfo.InvariantCulture, $" --depth {depth}");
        else
            _script.Append(" $([ ! -f .git/shallow ] || echo --unshallow)");
        var flags = variables["GIT_FETCH_EXTRA_FLAGS"] is { Length: > 0 } extra ? extra == None ? "" : extra : "--prune --quiet";
        _script.Append(' ').Append(flags).Append('\n');
    }

    private void Checkout()
    {
        var sha = Git.Sha ?? "";
        Notice($"Checking out {sha[..Math.Min(8, sha.Length)]} as detached HEAD (ref is {Git.Ref})...");
        _script.Append("git checkout -f -q ").Append(Shell.Quote(sha)).Append('\n');
        var clean = variables["GIT_CLEAN_FLAGS"] is { Length: > 0 } flags ? flags : "-ffdx";
        if (clean != None)
            _script.Append("git clean ").Append(clean).Append('\n');
        _script.Append("if git lfs version >/dev/null 2>&1; then git lfs pull; fi\n");
    }

    private void Submodules()
    {
        var strategy = variables["GIT_SUBMODULE_STRATEGY"];
        if (strategy is not ("normal" or "recursive"))
        {
            Notice("Skipping Git submodules setup");
            return;
        }
        Notice(strategy == "recursive" ? "Updating/initializing submodules recursively..." : "Updating/initializing submodules...");
        var recursive = strategy == "recursive" ? " --recursive" : "";
        var depth = variables.Number("GIT_SUBMODULE_DEPTH", 0) is > 0 and var commits ? string.Create(CultureInfo.InvariantCulture, $" --depth {commits}") : "";
        var only = variables["GIT_SUBMODULE_PATHS"] is { Length: > 0 } given ? $" {given}" : "";
        var flags = variables["GIT_SUBMODULE_UPDATE_FLAGS"] is { Length: > 0 } extra ? $" {extra}" : "";
        _script.Append(CultureInfo.InvariantCulture, $"git submodule init{only}\ngit submodule sync{recursive}{only}\n");
        _script.Append(CultureInfo.InvariantCulture, $"git submodule update --init{recursive}{depth}{flags}{only}\n");
        _script.Append(CultureInfo.InvariantCulture, $"git submodule foreach{recursive} 'git clean -ffdx'\n");
    }

    /// <summary>As sent, or under <c>clone_url</c> with the same login.</summary>
    private string RepositoryUrl()
    {
        var url = Git.RepoUrl ?? "";
        if (runner.CloneUrl.Length == 0 || !Uri.TryCreate(runner.CloneUrl, UriKind.Absolute, out var other) || !Uri.TryCreate(url, UriKind.Absolute, out var sent))
            return url;
        var path = variables["CI_PROJECT_PATH"] is { Length: > 0 } project ? $"{project}.git" : sent.AbsolutePath.TrimStart('/');
        var login = sent.UserInfo.Length > 0 ? $"{sent.UserInfo}@" : "";
        return $"{other.Scheme}://{login}{other.Authority}{other.AbsolutePath.TrimEnd('/')}/{path}";
    }

    private void Hook(string name, string configured)
    {
        var commands = (job.Hooks ?? []).Where(hook => hook.Name == name).SelectMany(hook => hook.Script ?? []);
        Shell.Commands(_script, configured.Length > 0 ? commands.Prepend(configured) : commands);
    }

    private void EnterProject() => _script.Append("cd ").Append(Shell.Quote(paths.ProjectDirectory)).Append('\n');

    private void Notice(string text) => _script.Append("printf '\\033[32;1m%s\\033[0;m\\n' ").Append(Shell.Quote(text)).Append('\n');
}

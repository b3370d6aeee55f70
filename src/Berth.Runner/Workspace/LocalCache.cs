using Berth.Runner.Configuration;
using Berth.Runner.Coordinator;
using Berth.Runner.Jobs;
using Berth.Runner.Trace;

namespace Berth.Runner.Workspace;

/// <summary>
/// The cache between jobs of a project, as <c>/cache/&lt;project path&gt;/&lt;key&gt;/cache.zip</c> in the volume at <c>cache_dir</c>,
/// where gitlab-runner keeps its local cache too. A cache that can't be had or kept is never a job's failure.
/// </summary>
internal sealed class LocalCache(
    WorkspaceFiles files, Job job, JobVariables variables, JobLog log, JobPaths paths, RunnerEntry runner, bool hasVolume)
{
    private const string FileName = "cache.zip";

    private IEnumerable<JobCache> Caches => (job.Cache ?? []).Where(cache => cache.Untracked || cache.Paths is { Count: > 0 });

    public async Task Restore(CancellationToken cancellationToken)
    {
        var due = Caches.Where(cache => cache.Policy is null or "" or "pull" or "pull-push").ToList();
        if (due.Count == 0)
            return;
        using var section = log.Begin("restore_cache", "Restoring cache");
        if (!CanKeep())
            return;
        foreach (var cache in due)
            await Restore(cache, cancellationToken);
    }

    public async Task Save(bool isSuccess, CancellationToken cancellationToken)
    {
        var due = Caches.Where(cache => cache.Policy is null or "" or "push" or "pull-push" && IsDue(cache.When, isSuccess)).ToList();
        if (due.Count == 0)
            return;
        using var section = log.Begin(isSuccess ? "archive_cache" : "archive_cache_on_failure", isSuccess ? "Saving cache for successful job" : "Saving cache for failed job");
        if (!CanKeep())
            return;
        foreach (var cache in due)
            await Save(cache, cancellationToken);
    }

    private async Task Restore(JobCache cache, CancellationToken cancellationToken)
    {
        var fallback = variables["CACHE_FALLBACK_KEY"] is { Length: > 0 } key ? new[] { key } : [];
        foreach (var candidate in new[] { cache.Key ?? "" }.Concat(cache.FallbackKeys ?? []).Concat(fallback).Select(KeyOf))
        {
            log.Notice($"Checking cache for {candidate}...");
            await using var file = TemporaryFile.Create();
            if (!await files.Get($"{DirectoryOf(candidate)}/{FileName}", file, cancellationToken))
            {
                log.Line($"No cache found for {candidate}");
                continue;
            }
            try
            {
                await files.Unpack(file, cancellationToken);
                log.Notice("Successfully extracted cache");
            }
            catch (InvalidDataException e)
            {
                log.Warning($"The cache {candidate} is damaged and is left out: {e.Message}");
            }
            return;
        }
    }

    private async Task Save(JobCache cache, CancellationToken cancellationToken)
    {
        var key = KeyOf(cache.Key ?? "");
        log.Notice($"Creating cache {key}...");
        var untracked = cache.Untracked ? await files.Untracked(cancellationToken) : [];
        var selection = new FileSelection(files.ProjectDirectory, (cache.Paths ?? []).Select(variables.Expand), [], untracked);
        await using var file = TemporaryFile.Create();
        var count = await ZipPacking.Pack(files, selection, file, root => log.Warning($"{root}: no matching files"), cancellationToken);
        log.Line($"{string.Join(", ", cache.Paths ?? [])}: found {count} matching files and directories");
        await files.Put(DirectoryOf(key), FileName, file, cancellationToken);
        log.Notice("Created cache");
    }

    private bool CanKeep()
    {
        if (hasVolume)
            return true;
        log.Warning($"The cache is off: no volume is at {runner.CacheDirectory}. Add \"{runner.CacheDirectory}\" to volumes in [runners.docker].");
        return false;
    }

    /// <summary>A key becomes directories below the project's, and leads nowhere else.</summary>
    private string KeyOf(string key)
    {
        var expanded = variables.Expand(key);
        var parts = expanded.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(part => part is not ("." or ".."));
        var name = string.Join('/', parts);
        return name.Length > 0 ? name : $"{job.JobInfo?.Name}/{job.GitInfo?.Ref}";
    }

    private string DirectoryOf(string key) => $"{runner.CacheDirectory}{paths.ProjectDirectory[paths.BuildsDirectory.Length..]}/{key}";

    private static bool IsDue(string? when, bool isSuccess) => when switch
    {
        "always" => true,
        "on_failure" => !isSuccess,
        _ => isSuccess,
    };
}

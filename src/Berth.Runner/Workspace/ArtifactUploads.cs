using System.IO.Compression;
using System.Net;
using Berth.Runner.Coordinator;
using Berth.Runner.Engine;
using Berth.Runner.Jobs;
using Berth.Runner.Trace;

namespace Berth.Runner.Workspace;

/// <summary>Uploads what a job's <c>artifacts</c> name: zip archives, and reports as gzip or as they are.</summary>
internal sealed class ArtifactUploads(WorkspaceFiles files, JobClient client, Job job, JobVariables variables, JobLog log, TimeProvider time)
{
    private const int Attempts = 3;

    /// <summary>gitlab-runner tries as often when the coordinator is only busy.</summary>
    private const int AttemptsWhenUnavailable = 6;

    public async Task Run(bool isSuccess, CancellationToken cancellationToken)
    {
        var due = (job.Artifacts ?? []).Where(artifacts => IsDue(artifacts.When, isSuccess)).ToList();
        if (due.Count == 0)
            return;
        var section = isSuccess ? ("upload_artifacts_on_success", "Uploading artifacts for successful job") : ("upload_artifacts_on_failure", "Uploading artifacts for failed job");
        using var shown = log.Begin(section.Item1, section.Item2);
        JobFailure? failure = null;
        foreach (var artifacts in due)
        {
            try
            {
                await Upload(artifacts, cancellationToken);
            }
            catch (JobFailure e)
            {
                // The others still count.
                failure ??= e;
            }
        }
        if (failure is not null)
            throw failure;
    }

    private static bool IsDue(string? when, bool isSuccess) => when switch
    {
        "always" => true,
        "on_failure" => !isSuccess,
        _ => isSuccess,
    };

    private async Task Upload(JobArtifacts artifacts, CancellationToken cancellationToken)
    {
        log.Notice("Uploading artifacts...");
        var untracked = artifacts.Untracked ? await files.Untracked(cancellationToken) : [];
        var selection = new FileSelection(
            files.ProjectDirectory, (artifacts.Paths ?? []).Select(variables.Expand), (artifacts.Exclude ?? []).Select(variables.Expand), untracked);
        foreach (var outside in selection.Outside)
            log.Warning($"{outside}: is outside of the project's directory and is left out");
        await using var file = TemporaryFile.Create();
        var format = artifacts.ArtifactFormat is "gzip" or "raw" ? artifacts.ArtifactFormat : "zip";
        var count = await Pack(format, selection, file, cancellationToken);
        if (count == 0)
        {
            log.Error("No files to upload");
            return;
        }
        log.Line($"{string.Join(", ", artifacts.Paths ?? [])}: found {count} matching artifact files and directories");
        await Send(artifacts, format, file, cancellationToken);
    }

    private async Task<int> Pack(string format, FileSelection selection, FileStream file, CancellationToken cancellationToken)
    {
        void Missing(string root) => log.Warning($"{root}: no matching files. Ensure that the artifact path is relative to the working directory ({files.ProjectDirectory})");
        if (format == "zip")
            return await ZipPacking.Pack(files, selection, file, Missing, cancellationToken);
        var count = 0;
        await files.Read(selection, async (_, entry) =>
        {
            // A raw artifact is one file; a gzip is the files one after the other, each a member of its own.
            if (entry.DataStream is not { } data || format == "raw" && count > 0)
                return;
            count++;
            await using var target = format == "raw" ? null : new GZipStream(file, CompressionLevel.Optimal, leaveOpen: true);
            await data.CopyToAsync((Stream?)target ?? file, cancellationToken);
        }, Missing, cancellationToken);
        return count;
    }

    private async Task Send(JobArtifacts artifacts, string format, FileStream file, CancellationToken cancellationToken)
    {
        var type = artifacts.ArtifactType is { Length: > 0 } given ? given : "archive";
        var name = artifacts.Name is { Length: > 0 } wanted ? variables.Expand(wanted) : format == "zip" ? "artifacts" : type;
        name = string.Concat(name.Select(c => c is '/' or '"' or '\\' || char.IsControl(c) ? '_' : c)) + format switch { "zip" => ".zip", "gzip" => ".gz", _ => "" };
        var query = $"artifact_format={format}&artifact_type={Uri.EscapeDataString(type)}";
        if (artifacts.ExpireIn is { Length: > 0 } expiry)
            query += $"&expire_in={Uri.EscapeDataString(expiry)}";
        for (var attempt = 1; ; attempt++)
        {
            var (status, error) = await TrySend(file, name, query, cancellationToken);
            if (status == HttpStatusCode.Created)
            {
                log.Line($"Uploading artifacts as \"{type}\" to coordinator... 201 Created");
                return;
            }
            var allowed = status == HttpStatusCode.ServiceUnavailable ? AttemptsWhenUnavailable : Attempts;
            if (status is HttpStatusCode.Forbidden or HttpStatusCode.RequestEntityTooLarge || attempt >= allowed)
            {
                log.Error($"Uploading artifacts as \"{type}\" to coordinator... {error}");
                throw new JobFailure($"uploading artifacts: {error}", FailureReasons.System, 1);
            }
            log.Warning($"Uploading artifacts as \"{type}\" to coordinator... {error}; retrying...");
            await Task.Delay(TimeSpan.FromSeconds(attempt), time, cancellationToken);
        }
    }

    private async Task<(HttpStatusCode? Status, string Error)> TrySend(FileStream file, string name, string query, CancellationToken cancellationToken)
    {
        try
        {
            using var reply = await client.Upload(file, name, query, cancellationToken);
            return (reply.StatusCode, $"{(int)reply.StatusCode} {reply.ReasonPhrase}");
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return (null, e.Message);
        }
    }
}

using System.Net;
using Berth.Runner.Coordinator;
using Berth.Runner.Engine;
using Berth.Runner.Jobs;
using Berth.Runner.Trace;

namespace Berth.Runner.Workspace;

/// <summary>Downloads and unpacks the artifacts of the jobs that a job depends on.</summary>
internal sealed class ArtifactDownloads(WorkspaceFiles files, JobClient client, Job job, JobVariables variables, JobLog log)
{
    private const int Attempts = 3;

    public async Task Run(CancellationToken cancellationToken)
    {
        var due = (job.Dependencies ?? []).Where(dependency => dependency.ArtifactsFile?.Filename is { Length: > 0 }).ToList();
        if (due.Count == 0)
            return;
        using var section = log.Begin("download_artifacts", "Downloading artifacts");
        foreach (var dependency in due)
        {
            log.Notice($"Downloading artifacts for {dependency.Name} ({dependency.Id})...");
            await using var file = TemporaryFile.Create();
            await Download(dependency, file, cancellationToken);
            file.Position = 0;
            try
            {
                await files.Unpack(file, cancellationToken);
            }
            catch (InvalidDataException e)
            {
                throw new JobFailure($"the artifacts of {dependency.Name} ({dependency.Id}) are no zip archive: {e.Message}", FailureReasons.System, 1);
            }
        }
    }

    private async Task Download(JobDependency dependency, FileStream file, CancellationToken cancellationToken)
    {
        var attempts = Math.Max(Attempts, Math.Clamp(variables.Number("ARTIFACT_DOWNLOAD_ATTEMPTS", 1), 1, 10));
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                file.SetLength(0);
                await client.Download(dependency, file, cancellationToken);
                log.Line("Downloading artifacts from coordinator... ok");
                return;
            }
            catch (Exception e) when (e is CoordinatorException or HttpRequestException or IOException)
            {
                var isFinal = e is CoordinatorException { Status: HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.NotFound };
                log.Error($"Downloading artifacts from coordinator... {e.Message}");
                if (isFinal || attempt == attempts)
                    throw new JobFailure("exit code 1", FailureReasons.System, 1);
                log.Line("Retrying...");
            }
        }
    }
}

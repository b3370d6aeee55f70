using Berth.Pipelines;
using Berth.Server.Access.Login;
using Berth.Server.Configuration;

namespace Berth.Server.Ci;

/// <summary>
/// The answer to POST /jobs/request, by GitLab Runner's common/spec: numbers as numbers, lists never null, no field of another type than
/// the runner's, since one wrong type loses the job.
/// </summary>
internal static class JobPayload
{
    /// <summary>GitLab's default of ci_default_git_depth.</summary>
    private const int GitDepth = 20;

    /// <summary>GitLab's prefixes, which a runner masks wherever they appear.</summary>
    private static readonly string[] MaskedPrefixes = ["glpat-", "gldt-", "glrt-", "glrtr-", "glcbt-"];

    public static object Of(BerthSettings settings, JobContext context, IReadOnlyList<(JobRow Job, ArtifactRow Artifact)> dependencies)
    {
        var (job, pipeline, plan) = (context.Job, context.Pipeline, context.Job.Plan());
        return new
        {
            id = job.Id,
            token = context.Token,
            allow_git_fetch = true,
            job_info = new
            {
                id = job.Id,
                name = job.Name,
                stage = job.Stage,
                project_id = job.ProjectId,
                project_name = context.Project.Path,
                project_full_path = context.Project.FullPath,
                pipeline_id = job.PipelineId,
                namespace_id = context.Project.NamespaceId,
                user_id = job.UserId,
                time_in_queue_seconds = Math.Max(0, ((job.StartedAt ?? 0) - (job.QueuedAt ?? job.CreatedAt)) / 1_000_000),
                project_jobs_running_on_instance_runners_count = "0",
            },
            git_info = new
            {
                repo_url = PredefinedVariables.RepositoryUrl(settings, context),
                @ref = pipeline.Ref,
                sha = pipeline.Sha,
                before_sha = pipeline.BeforeSha,
                ref_type = pipeline.IsTag != 0 ? "tag" : "branch",
                refspecs = Refspecs(pipeline),
                depth = GitDepth,
                @protected = pipeline.RefProtected != 0,
            },
            runner_info = new { timeout = job.TimeoutSeconds },
            variables = JobVariables.Of(settings, context).Select(variable => new { key = variable.Key, value = variable.Value, @public = variable.Public, masked = variable.Masked, file = variable.File, raw = variable.Raw }),
            steps = Steps(plan, job.TimeoutSeconds),
            image = plan.Image is { } image ? Image(image) : null,
            services = plan.Services.Select(Service),
            artifacts = plan.Artifacts is { } artifacts ? new[] { Artifact(artifacts) } : [],
            cache = Array.Empty<object>(),
            credentials = new[] { new { type = "registry", url = settings.RegistryHost, username = ProjectCredentials.JobTokenUser, password = context.Token } },
            dependencies = dependencies.Select(dependency => new
            {
                id = dependency.Job.Id,
                token = context.Token,
                name = dependency.Job.Name,
                artifacts_file = new { filename = dependency.Artifact.Filename, size = dependency.Artifact.Size },
            }),
            features = new { trace_sections = true, token_mask_prefixes = MaskedPrefixes, failure_reasons = FailureReason.FromRunners },
        };
    }

    /// <summary>The pipeline's own ref keeps its commit within reach, whatever is pushed over the branch meanwhile.</summary>
    private static string[] Refspecs(PipelineRow pipeline) =>
    [
        $"+{PipelineStarter.RefOf(pipeline.Id)}:{PipelineStarter.RefOf(pipeline.Id)}",
        pipeline.IsTag != 0 ? $"+refs/tags/{pipeline.Ref}:refs/tags/{pipeline.Ref}" : $"+refs/heads/{pipeline.Ref}:refs/remotes/origin/{pipeline.Ref}",
    ];

    private static IEnumerable<object> Steps(PlannedJob plan, long timeout)
    {
        yield return new { name = "script", script = plan.Script, timeout, when = "on_success", allow_failure = false };
        if (plan.AfterScript.Count > 0)
            yield return new { name = "after_script", script = plan.AfterScript, timeout, when = "always", allow_failure = true };
    }

    private static object Image(ImageDefinition image) => new
    {
        name = image.Name,
        entrypoint = image.Entrypoint,
        pull_policy = image.PullPolicies,
        executor_opts = Options(image),
    };

    private static object Service(ServiceDefinition service) => new
    {
        name = service.Image.Name,
        alias = service.Alias,
        entrypoint = service.Image.Entrypoint,
        command = service.Command,
        variables = service.Variables.Select(variable => new { key = variable.Key, value = variable.Value, @public = true, masked = false, file = false, raw = variable.Raw }),
        pull_policy = service.Image.PullPolicies,
        executor_opts = Options(service.Image),
    };

    /// <summary>Only what is set: a runner fails a job with an option that it does not know.</summary>
    private static object Options(ImageDefinition image)
    {
        var docker = new Dictionary<string, string>();
        if (image.Platform is { } platform)
            docker["platform"] = platform;
        if (image.User is { } user)
            docker["user"] = user;
        return docker.Count == 0 ? new { } : new { docker };
    }

    private static object Artifact(ArtifactsDefinition artifacts) => new
    {
        name = artifacts.Name,
        untracked = artifacts.Untracked,
        paths = artifacts.Paths,
        exclude = artifacts.Exclude,
        when = artifacts.When switch { ArtifactsWhen.OnFailure => "on_failure", ArtifactsWhen.Always => "always", _ => "on_success" },
        artifact_type = Artifacts.Archive,
        artifact_format = "zip",
        expire_in = artifacts.ExpireIn,
    };
}

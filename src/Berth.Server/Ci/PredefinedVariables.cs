using System.Globalization;
using Berth.Pipelines;
using Berth.Server.Access;
using Berth.Server.Access.Accounts;
using Berth.Server.Access.Login;
using Berth.Server.Access.Places;
using Berth.Server.Configuration;
using Berth.Server.Database;

namespace Berth.Server.Ci;

/// <summary>GitLab's predefined variables, by its documented names and rules ("Predefined CI/CD variables reference").</summary>
internal static class PredefinedVariables
{
    /// <summary>The version of GitLab whose variables these are; scripts compare it.</summary>
    private const string ServerVersion = "18.6.0";

    /// <summary>GitLab cuts the message here, for a process takes only so much environment.</summary>
    private const int MaxMessage = 100_000;

    private const int ShortSha = 8;

    /// <summary>What is known before there is a pipeline: what rules may ask for.</summary>
    public static IEnumerable<JobVariable> OfPipeline(BerthSettings settings, ProjectRow project, string? defaultBranch, NewPipeline pipeline, string message, string author, string time, bool refProtected)
    {
        foreach (var variable in OfServer(settings).Concat(OfProject(settings, project, defaultBranch)))
            yield return variable;
        yield return new("CI_PIPELINE_SOURCE", pipeline.Source);
        yield return new("CI_COMMIT_SHA", pipeline.Sha);
        yield return new("CI_COMMIT_SHORT_SHA", pipeline.Sha[..ShortSha]);
        yield return new("CI_COMMIT_BEFORE_SHA", pipeline.BeforeSha);
        yield return new("CI_COMMIT_REF_NAME", pipeline.Ref);
        yield return new("CI_COMMIT_REF_SLUG", Slug.Of(pipeline.Ref));
        yield return new("CI_COMMIT_REF_PROTECTED", refProtected ? "true" : "false");
        yield return pipeline.IsTag ? new("CI_COMMIT_TAG", pipeline.Ref) : new("CI_COMMIT_BRANCH", pipeline.Ref);
        yield return new("CI_COMMIT_MESSAGE", message.Length > MaxMessage ? message[..MaxMessage] : message, Raw: true);
        yield return new("CI_COMMIT_TITLE", Title(message), Raw: true);
        yield return new("CI_COMMIT_DESCRIPTION", Description(message), Raw: true);
        yield return new("CI_COMMIT_TIMESTAMP", time);
        yield return new("CI_COMMIT_AUTHOR", author, Raw: true);
    }

    /// <summary>What is known once a runner has the job; the token among it.</summary>
    public static IEnumerable<JobVariable> OfJob(BerthSettings settings, JobContext context)
    {
        var (job, pipeline) = (context.Job, context.Pipeline);
        var projectUrl = $"{settings.ExternalOrigin}/{context.Project.FullPath}";
        yield return new("CI_PIPELINE_ID", Text(pipeline.Id));
        yield return new("CI_PIPELINE_IID", Text(pipeline.Iid));
        yield return new("CI_PIPELINE_URL", $"{projectUrl}/-/pipelines/{pipeline.Id}");
        yield return new("CI_PIPELINE_CREATED_AT", Time(pipeline.CreatedAt));
        yield return new("CI_JOB_ID", Text(job.Id));
        yield return new("CI_JOB_NAME", job.Name, Raw: true);
        yield return new("CI_JOB_NAME_SLUG", Slug.Of(job.Name));
        yield return new("CI_JOB_STAGE", job.Stage, Raw: true);
        yield return new("CI_JOB_URL", $"{projectUrl}/-/jobs/{job.Id}");
        yield return new("CI_JOB_STARTED_AT", Time(job.StartedAt ?? job.CreatedAt));
        yield return new("CI_NODE_TOTAL", "1");
        // Else a runner since 18.7 begins each line with a time and breaks those that carriage returns end: the log is to be the job's own.
        yield return new("FF_TIMESTAMPS", "false");
        yield return new("CI_JOB_TOKEN", context.Token, Public: false, Masked: true);
        yield return new("CI_REGISTRY_USER", ProjectCredentials.JobTokenUser);
        yield return new("CI_REGISTRY_PASSWORD", context.Token, Public: false, Masked: true);
        yield return new("CI_REPOSITORY_URL", RepositoryUrl(settings, context), Public: false);
        yield return new("CI_RUNNER_ID", Text(context.Runner.Id));
        yield return new("CI_RUNNER_DESCRIPTION", context.Runner.Description, Raw: true);
        yield return new("CI_RUNNER_TAGS", context.Runner.Tags, Raw: true);
        if (context.Job.Plan().When == JobWhen.Manual)
            yield return new("CI_JOB_MANUAL", "true");
        if (context.DeployToken is { } deploy)
        {
            yield return new("CI_DEPLOY_USER", deploy.Username);
            yield return new("CI_DEPLOY_PASSWORD", deploy.Secret, Public: false, Masked: true);
        }
    }

    /// <summary>Who started it; these win over the file's variables.</summary>
    public static IEnumerable<JobVariable> OfUser(UserRow user)
    {
        yield return new("GITLAB_USER_ID", Text(user.Id));
        yield return new("GITLAB_USER_LOGIN", user.Username);
        yield return new("GITLAB_USER_NAME", user.Name, Raw: true);
        yield return new("GITLAB_USER_EMAIL", user.Email ?? "", Raw: true);
    }

    /// <summary>Where the job's code is fetched from, with the job token in it.</summary>
    public static string RepositoryUrl(BerthSettings settings, JobContext context) =>
        $"{settings.ExternalUrl.Scheme}://{ProjectCredentials.JobTokenUser}:{context.Token}@{settings.ExternalUrl.Authority}/{context.Project.FullPath}.git";

    private static IEnumerable<JobVariable> OfServer(BerthSettings settings)
    {
        var url = settings.ExternalUrl;
        var version = ServerVersion.Split('.');
        yield return new("CI", "true");
        yield return new("GITLAB_CI", "true");
        yield return new("GITLAB_FEATURES", "");
        yield return new("CI_SERVER_URL", settings.ExternalOrigin);
        yield return new("CI_SERVER_HOST", url.Host);
        yield return new("CI_SERVER_PORT", Text(url.Port));
        yield return new("CI_SERVER_PROTOCOL", url.Scheme);
        yield return new("CI_SERVER_FQDN", url.Authority);
        yield return new("CI_SERVER_NAME", "GitLab");
        yield return new("CI_SERVER_VERSION", ServerVersion);
        yield return new("CI_SERVER_VERSION_MAJOR", version[0]);
        yield return new("CI_SERVER_VERSION_MINOR", version[1]);
        yield return new("CI_SERVER_VERSION_PATCH", version[2]);
        yield return new("CI_SERVER_REVISION", BerthCommand.Version);
        yield return new("CI_API_V4_URL", $"{settings.ExternalOrigin}/api/v4");
        yield return new("CI_REGISTRY", settings.RegistryHost);
        yield return new("CI_TEMPLATE_REGISTRY_HOST", "registry.gitlab.com");
        yield return new("CI_CONFIG_PATH", PipelineStarter.ConfigPath);
    }

    private static IEnumerable<JobVariable> OfProject(BerthSettings settings, ProjectRow project, string? defaultBranch)
    {
        var path = project.FullPath;
        yield return new("CI_PROJECT_ID", Text(project.Id));
        yield return new("CI_PROJECT_NAME", path[(path.LastIndexOf('/') + 1)..]);
        yield return new("CI_PROJECT_TITLE", project.Name, Raw: true);
        yield return new("CI_PROJECT_PATH", path);
        yield return new("CI_PROJECT_PATH_SLUG", Slug.Of(path));
        yield return new("CI_PROJECT_NAMESPACE", path[..path.LastIndexOf('/')]);
        yield return new("CI_PROJECT_NAMESPACE_ID", Text(project.NamespaceId));
        yield return new("CI_PROJECT_ROOT_NAMESPACE", path[..path.IndexOf('/', StringComparison.Ordinal)]);
        yield return new("CI_PROJECT_URL", $"{settings.ExternalOrigin}/{path}");
        yield return new("CI_PROJECT_VISIBILITY", ((Visibility)project.Visibility).ToString().ToLowerInvariant());
        yield return new("CI_PROJECT_DESCRIPTION", "");
        yield return new("CI_PROJECT_REPOSITORY_LANGUAGES", "");
        yield return new("CI_DEFAULT_BRANCH", defaultBranch ?? "main");
        if (project.RegistryAccess != (long)RegistryAccessLevel.Disabled)
            yield return new("CI_REGISTRY_IMAGE", $"{settings.RegistryHost}/{path.ToLowerInvariant()}");
    }

    private static string Title(string message) => message.TrimStart('\n').Split('\n', 2)[0];

    private static string Description(string message) => message.TrimStart('\n').Split('\n', 2) is [_, var rest] ? rest.TrimStart('\n') : "";

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Time(long micros) => Clock.FromMicros(micros).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}

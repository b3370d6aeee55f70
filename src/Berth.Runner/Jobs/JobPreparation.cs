using Berth.Runner.Configuration;
using Berth.Runner.Coordinator;
using Berth.Runner.Engine;
using Berth.Runner.Trace;
using Docker.DotNet;

namespace Berth.Runner.Jobs;

/// <summary>
/// Makes what a job needs: volumes, network, the helper container, services, its own container. Services start before the job's
/// image is pulled, so that they get ready meanwhile.
/// </summary>
internal sealed class JobPreparation(DockerClient engine, JobIdentity identity, JobPaths paths, JobVariables variables, JobLog log, TimeProvider time)
{
    /// <summary>Has sh and git, which is all that a helper needs; <c>helper_image</c> names another.</summary>
    public const string DefaultHelperImage = "alpine/git:latest";

    private Job Job => identity.Job;

    private DockerSettings Settings => identity.Runner.Docker;

    /// <param name="strategy">GIT_STRATEGY: only <c>clone</c> starts from nothing.</param>
    public async Task<PreparedJob> Run(string strategy, CancellationToken cancellationToken)
    {
        var build = BuildSettings();
        log.Line($"Using Docker executor with image {build.Image} ...");
        var credentials = await PullCredentials.Load(variables.Content("DOCKER_AUTH_CONFIG"), Job.Credentials ?? [], log, cancellationToken);
        var images = new ImagePuller(engine, Settings, credentials, log, time);
        var volumes = new Volumes(engine, Settings, identity);
        await volumes.Create(paths.BuildsDirectory, keepBuilds: strategy != "clone", Resolve, cancellationToken);
        var network = await JobNetwork.Create(engine, Settings, identity, cancellationToken);
        var specs = new ContainerSpecs(Settings, identity, volumes.Binds, network);
        var helper = await StartHelper(images, specs, volumes, cancellationToken);

        var services = new Services(engine, Settings, images, network, log);
        foreach (var service in ServiceContainers())
            await services.Start(service, specs, cancellationToken);
        var image = await images.Get(build.Image, Job.Image?.PullPolicy, build.Platform, cancellationToken);
        await services.Wait(helper, cancellationToken);
        var container = await BuildContainer.Create(engine, specs.Build(image.ID, build, services.ExtraHosts), cancellationToken);
        return new PreparedJob(helper, container, image, build.Image, volumes.Covers(identity.Runner.CacheDirectory));
    }

    private async Task<HelperContainer> StartHelper(ImagePuller images, ContainerSpecs specs, Volumes volumes, CancellationToken cancellationToken)
    {
        // The default is pulled once, not with every job: nobody asked for it by name.
        var isDefault = Settings.HelperImage.Length == 0;
        var name = isDefault ? DefaultHelperImage : variables.Expand(Settings.HelperImage);
        var image = await images.GetHelper(name, isDefault, cancellationToken);
        var helper = await HelperContainer.Start(engine, specs.Helper(image.ID), cancellationToken);
        if (volumes.NewPaths.Count > 0)
        {
            // A new volume is root's alone, and images run as anyone.
            var script = $"chmod 777 {string.Join(' ', volumes.NewPaths.Select(Shell.Quote))}\n";
            if (await helper.Run(script, log.Trace.Write, cancellationToken) != 0)
                throw JobFailure.System("the mode of a new volume can't be set; helper_image needs sh and git");
        }
        return helper;
    }

    private BuildContainerSettings BuildSettings()
    {
        var name = Job.Image is { Name.Length: > 0 } given ? given.Name : Settings.Image;
        if (name.Length == 0)
            throw JobFailure.System("no Docker image specified to run the build in");
        var image = variables.Expand(name);
        if (Settings.AllowedImages.Count > 0 && image != Settings.Image && !Glob.Allows(Settings.AllowedImages, image))
            throw new JobFailure($"The \"{image}\" image is not present on list of allowed images:\n- {string.Join("\n- ", Settings.AllowedImages)}", FailureReasons.Configuration);
        var options = Job.Image?.ExecutorOpts?.Docker;
        var user = variables.Expand(options?.User ?? Settings.User);
        if (user.Length > 0 && user != Settings.User && Settings.AllowedUsers.Count > 0 && !Settings.AllowedUsers.Contains(user))
            throw new JobFailure($"The user \"{user}\" is not in the allowed users: {string.Join(", ", Settings.AllowedUsers)}", FailureReasons.Configuration);
        return new BuildContainerSettings(image, Job.Image?.Entrypoint ?? [], [.. variables.All.Select(Assignment)])
        {
            User = user,
            Platform = variables.Expand(options?.Platform ?? ""),
        };
    }

    private IEnumerable<ServiceContainer> ServiceContainers()
    {
        var asked = Job.Services ?? [];
        if (Settings.ServicesLimit >= 0 && asked.Count > Settings.ServicesLimit)
            throw new JobFailure($"the job has {asked.Count} services, but the runner allows {Settings.ServicesLimit}", FailureReasons.Configuration);
        var seen = variables.All.Where(variable => variable.Public && !variable.File).Select(Assignment).ToList();
        foreach (var service in Settings.Services)
        {
            var image = variables.Expand(service.Name);
            yield return new ServiceContainer(image, ServiceNames.Of(image, variables.Expand(service.Alias)))
            {
                Entrypoint = service.Entrypoint,
                Command = service.Command,
                Environment = [.. seen, .. service.Environment.Select(variables.Expand)],
            };
        }
        foreach (var service in asked)
            yield return Service(service, seen);
    }

    private ServiceContainer Service(JobImage service, IReadOnlyList<string> seen)
    {
        var image = variables.Expand(service.Name);
        if (!ImageReference.TryParse(image, out _))
            throw new JobFailure($"invalid service image name \"{image}\"", FailureReasons.Configuration);
        var own = (service.Variables ?? []).Select(variable => variable.Raw ? variable : variable with { Value = variables.Expand(variable.Value ?? "") }).ToList();
        return new ServiceContainer(image, ServiceNames.Of(image, variables.Expand(service.Alias ?? "")))
        {
            Entrypoint = service.Entrypoint ?? [],
            Command = service.Command ?? [],
            Environment = [.. seen, .. own.Select(variable => $"{variable.Key}={variable.Value}")],
            PullPolicy = service.PullPolicy,
            User = variables.Expand(service.ExecutorOpts?.Docker?.User ?? ""),
            Platform = variables.Expand(service.ExecutorOpts?.Docker?.Platform ?? ""),
            HealthPort = int.TryParse(own.LastOrDefault(variable => variable.Key == "HEALTHCHECK_TCP_PORT")?.Value, out var port) ? port : 0,
        };
    }

    /// <summary>A volume's text with variables; a managed one with a relative path is below the project.</summary>
    private string Resolve(string volume)
    {
        var text = variables.Expand(volume);
        return text.Contains(':', StringComparison.Ordinal) || text.StartsWith('/') ? text : $"{paths.ProjectDirectory}/{text}";
    }

    private string Assignment(JobVariable variable) => $"{variable.Key}={variables.Visible(variable)}";
}

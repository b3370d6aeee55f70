using System.Text;
using Docker.DotNet;
using Docker.DotNet.Models;

namespace Berth.Runner.Engine;

/// <summary>
/// The container beside a job's own that git, the probes of services and the volumes' clean-up run in. It is started once and each
/// script is a process in it, which is quicker than a container for each.
/// </summary>
internal sealed class HelperContainer
{
    private readonly DockerClient _engine;

    private HelperContainer(DockerClient engine, string id) => (_engine, Id) = (engine, id);

    public string Id { get; }

    public static async Task<HelperContainer> Start(DockerClient engine, CreateContainerParameters parameters, CancellationToken cancellationToken)
    {
        var created = await engine.Containers.CreateContainerAsync(parameters, cancellationToken);
        await engine.Containers.StartContainerAsync(created.ID, new ContainerStartParameters(), cancellationToken);
        return new HelperContainer(engine, created.ID);
    }

    /// <summary>Runs a script in its sh.</summary>
    /// <param name="script">Goes to the shell by standard input: it may be long and hold secrets.</param>
    /// <param name="output">Takes what the script prints, both streams as they come.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> Run(string script, OutputSink output, CancellationToken cancellationToken)
    {
        var exec = await _engine.Exec.CreateContainerExecAsync(
            Id, new ContainerExecCreateParameters { Cmd = ["sh"], AttachStdin = true, AttachStdout = true, AttachStderr = true, User = "0" }, cancellationToken);
        using (var streams = await _engine.Exec.StartContainerExecAsync(exec.ID, new ContainerExecStartParameters(), cancellationToken))
            await AttachedStreams.Converse(streams, Encoding.UTF8.GetBytes(script), output, cancellationToken);
        var ended = await _engine.Exec.InspectContainerExecAsync(exec.ID, cancellationToken);
        return (int)(ended.ExitCode ?? -1);
    }
}

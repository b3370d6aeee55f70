using System.Text;
using Docker.DotNet;
using Docker.DotNet.Models;

namespace Berth.Runner.Engine;

/// <summary>The container that a job's scripts run in; it is started again for each of them.</summary>
internal sealed class BuildContainer
{
    /// <summary>What a script has to end after SIGTERM, docker's own default.</summary>
    private const uint GraceSeconds = 10;

    private readonly DockerClient _engine;
    private readonly string _id;

    private BuildContainer(DockerClient engine, string id) => (_engine, _id) = (engine, id);

    public static async Task<BuildContainer> Create(DockerClient engine, CreateContainerParameters parameters, CancellationToken cancellationToken)
    {
        var created = await engine.Containers.CreateContainerAsync(parameters, cancellationToken);
        return new BuildContainer(engine, created.ID);
    }

    /// <summary>Runs a script by the image's entrypoint and shell.</summary>
    /// <returns>The exit code.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled, and the script is stopped.</exception>
    public async Task<int> Run(string script, OutputSink output, CancellationToken cancellationToken)
    {
        try
        {
            // Attached before the start: nothing that it prints is lost.
            using var streams = await _engine.Containers.AttachContainerAsync(
                _id, new ContainerAttachParameters { Stream = true, Stdin = true, Stdout = true, Stderr = true }, cancellationToken);
            await _engine.Containers.StartContainerAsync(_id, new ContainerStartParameters(), cancellationToken);
            await AttachedStreams.Converse(streams, Encoding.UTF8.GetBytes(script), output, cancellationToken);
            var ended = await _engine.Containers.WaitContainerAsync(_id, cancellationToken);
            if (ended.Error?.Message is { Length: > 0 } error)
                throw JobFailure.System(error);
            return (int)ended.StatusCode;
        }
        catch (OperationCanceledException)
        {
            await Stop();
            throw;
        }
    }

    /// <summary>Whether the last script was killed for want of memory.</summary>
    public async Task<bool> RanOutOfMemory(CancellationToken cancellationToken) =>
        (await _engine.Containers.InspectContainerAsync(_id, cancellationToken)).State?.OOMKilled == true;

    /// <summary>Asks every process in it to end, then stops it; the job's token is cancelled by now.</summary>
    private async Task Stop()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(GraceSeconds * 3));
        try
        {
            // PID 1 is a shell that waits for its child: only the child's end lets it heed a signal.
            var exec = await _engine.Exec.CreateContainerExecAsync(_id, new ContainerExecCreateParameters { Cmd = ["sh", "-c", "kill -TERM -1"] }, limit.Token);
            using (await _engine.Exec.StartContainerExecAsync(exec.ID, new ContainerExecStartParameters { Detach = true }, limit.Token)) { }
        }
        catch (Exception e) when (e is DockerApiException or HttpRequestException or IOException or OperationCanceledException)
        {
            // It ended meanwhile, or can run nothing more: stopping it is what is left.
        }
        try
        {
            await _engine.Containers.StopContainerAsync(_id, new ContainerStopParameters { WaitBeforeKillSeconds = GraceSeconds }, limit.Token);
        }
        catch (DockerApiException)
        {
            // Refused where the processes are gone and the container is not settled yet: it will be, below.
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            return;
        }
        try
        {
            // Only then can it be attached and started again: before, both would meet the script that ends.
            await _engine.Containers.WaitContainerAsync(_id, limit.Token);
        }
        catch (Exception e) when (e is DockerApiException or HttpRequestException or IOException or OperationCanceledException)
        {
            // The clean-up removes it by force.
        }
    }
}

using System.Text;
using Berth.Runner.Trace;
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
    /// <param name="script">Its text.</param>
    /// <param name="log">Takes what it prints, and how long it took.</param>
    /// <returns>The exit code.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled, and the script is stopped.</exception>
    public async Task<int> Run(string script, JobLog log, CancellationToken cancellationToken)
    {
        try
        {
            // Attached before the start: nothing that it prints is lost.
            using var streams = await _engine.Containers.AttachContainerAsync(
                _id, new ContainerAttachParameters { Stream = true, Stdin = true, Stdout = true, Stderr = true }, cancellationToken);
            await _engine.Containers.StartContainerAsync(_id, new ContainerStartParameters(), cancellationToken);
            using (log.Times.Begin(TimeUse.Script))
                await AttachedStreams.Converse(streams, Encoding.UTF8.GetBytes(script), log.Trace.Write, cancellationToken);
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

    /// <summary>
    /// Asks every process in it to end, then stops it; the job's token is cancelled by now. Returns when it can be attached and
    /// started again: before, both would meet the script that ends.
    /// </summary>
    private async Task Stop()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(GraceSeconds * 3));
        // PID 1 is a shell that waits for its child: only the child's end lets it heed a signal.
        await Try(() => Kill(limit.Token), limit.Token);
        const int Attempts = 3;
        for (var attempt = 0; attempt < Attempts && !limit.IsCancellationRequested; attempt++)
        {
            // Refused where the processes are gone and the container is not settled yet; then waiting is enough.
            await Try(() => _engine.Containers.StopContainerAsync(_id, new ContainerStopParameters { WaitBeforeKillSeconds = GraceSeconds }, limit.Token), limit.Token);
            if (await Try(() => _engine.Containers.WaitContainerAsync(_id, limit.Token), limit.Token))
                return;
        }
    }

    private async Task Kill(CancellationToken cancellationToken)
    {
        var exec = await _engine.Exec.CreateContainerExecAsync(
            _id, new ContainerExecCreateParameters { Cmd = ["sh", "-c", "kill -TERM -1"], AttachStdout = true, AttachStderr = true }, cancellationToken);
        // Attached: the answer to a detached start leaves the connection unfit for the next request.
        using var output = await _engine.Exec.StartContainerExecAsync(exec.ID, new ContainerExecStartParameters(), cancellationToken);
        await AttachedStreams.ReadToEnd(output, _ => { }, cancellationToken);
    }

    /// <returns>False if the engine refused, or the connection broke; the clean-up removes the container by force whatever it was.</returns>
    private static async Task<bool> Try(Func<Task> request, CancellationToken cancellationToken)
    {
        try
        {
            await request().WaitAsync(cancellationToken);
            return true;
        }
        catch (Exception e) when (EngineMessage.IsOutage(e) || e is OperationCanceledException)
        {
            return false;
        }
    }
}

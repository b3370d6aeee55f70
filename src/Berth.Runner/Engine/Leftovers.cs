using Docker.DotNet;
using Docker.DotNet.Models;

namespace Berth.Runner.Engine;

/// <summary>Removes what jobs made on an engine, found by label: of one job when it is over, of all when the process starts.</summary>
internal static class Leftovers
{
    private const string NameFilter = "name";
    private const string LabelFilter = "label";

    /// <summary>What the containers of one job, its network and its passing volumes are; never throws.</summary>
    /// <returns>What could not be removed, in the engine's words.</returns>
    public static Task<IReadOnlyList<string>> RemoveJob(DockerClient engine, JobIdentity identity, CancellationToken cancellationToken) =>
        Remove(engine, NameFilter, identity.UniqueName, identity.SystemId, cancellationToken);

    /// <summary>What an earlier process with this system id left behind.</summary>
    public static Task<IReadOnlyList<string>> RemoveAll(DockerClient engine, string systemId, CancellationToken cancellationToken) =>
        Remove(engine, null, "", systemId, cancellationToken);

    private static async Task<IReadOnlyList<string>> Remove(DockerClient engine, string? filter, string value, string systemId, CancellationToken cancellationToken)
    {
        var failures = new List<string>();
        var filters = new Dictionary<string, IDictionary<string, bool>>
        {
            [LabelFilter] = new Dictionary<string, bool> { [$"{JobIdentity.SystemLabel}={systemId}"] = true },
        };
        if (filter is not null)
            filters[filter] = new Dictionary<string, bool> { [value] = true };
        await Try(failures, async () =>
        {
            var containers = await engine.Containers.ListContainersAsync(new ContainersListParameters { All = true, Filters = filters }, cancellationToken);
            await Task.WhenAll(containers.Select(container => Try(failures, () => engine.Containers.RemoveContainerAsync(
                container.ID, new ContainerRemoveParameters { Force = true, RemoveVolumes = true }, cancellationToken), cancellationToken)));
        }, cancellationToken);
        // Only when no container uses them any more.
        await Try(failures, async () =>
        {
            foreach (var network in await engine.Networks.ListNetworksAsync(new NetworksListParameters { Filters = filters }, cancellationToken))
                await Try(failures, () => engine.Networks.DeleteNetworkAsync(network.ID, cancellationToken), cancellationToken);
        }, cancellationToken);
        await Try(failures, async () =>
        {
            var volumes = await engine.Volumes.ListAsync(new VolumesListParameters { Filters = filters }, cancellationToken);
            foreach (var volume in volumes.Volumes ?? [])
                await Try(failures, () => engine.Volumes.RemoveAsync(volume.Name, true, cancellationToken), cancellationToken);
        }, cancellationToken);
        // A copy: what was waited for too long may still add to it.
        lock (failures)
            return [.. failures];
    }

    /// <param name="cancellationToken">Ends the wait whatever the library does: an engine may take a request and never answer.</param>
    private static async Task Try(List<string> failures, Func<Task> removal, CancellationToken cancellationToken)
    {
        try
        {
            await removal().WaitAsync(cancellationToken);
        }
        catch (DockerApiException e) when (e.StatusCode is System.Net.HttpStatusCode.NotFound or System.Net.HttpStatusCode.Conflict)
        {
            // Gone already, or on its way.
        }
        catch (OperationCanceledException)
        {
            Add("the engine did not answer in time; what is left is removed at the next start");
        }
        catch (Exception e) when (EngineMessage.IsOutage(e))
        {
            Add(EngineMessage.Of(e));
        }

        void Add(string failure)
        {
            lock (failures)
            {
                if (!failures.Contains(failure))
                    failures.Add(failure);
            }
        }
    }
}

using Berth.Runner.Configuration;
using Docker.DotNet;
using Docker.DotNet.Models;

namespace Berth.Runner.Engine;

/// <summary>
/// The volumes that a job's containers share: helper, build and services alike. A configured <c>/path</c> is a managed volume, found
/// again by the project's next job unless <c>disable_cache</c> is set; <c>from:/path</c> is a bind.
/// </summary>
internal sealed class Volumes(DockerClient engine, DockerSettings settings, JobIdentity identity)
{
    private readonly List<string> _binds = [];
    private readonly List<string> _paths = [];
    private readonly List<string> _new = [];

    public IReadOnlyList<string> Binds => _binds;

    /// <summary>Where volumes are that this job made: they belong to root until their mode is set.</summary>
    public IReadOnlyList<string> NewPaths => _new;

    /// <param name="buildsDirectory">Always a volume: the helper fills it.</param>
    /// <param name="keepBuilds">The next job goes on with what this one leaves there.</param>
    /// <param name="resolve">Expands variables in a volume's text and makes relative paths absolute.</param>
    public async Task Create(string buildsDirectory, bool keepBuilds, Func<string, string> resolve, CancellationToken cancellationToken)
    {
        foreach (var volume in settings.Volumes.Select(resolve))
        {
            if (volume.Contains(':', StringComparison.Ordinal))
            {
                _binds.Add(volume);
                _paths.Add(volume.Split(':')[1]);
            }
            else
            {
                await Add(volume.TrimEnd('/'), isLasting: !settings.DisableCache, cancellationToken);
            }
        }
        if (!Covers(buildsDirectory))
            await Add(buildsDirectory, isLasting: keepBuilds && !settings.DisableCache, cancellationToken);
    }

    /// <summary>Whether a volume is at <paramref name="path"/> or above it.</summary>
    public bool Covers(string path) => _paths.Any(known => path == known || path.StartsWith(known + "/", StringComparison.Ordinal));

    private async Task Add(string path, bool isLasting, CancellationToken cancellationToken)
    {
        if (_paths.Contains(path))
            return;
        _paths.Add(path);
        if (isLasting && settings.CacheDirectory.Length > 0)
        {
            _binds.Add($"{settings.CacheDirectory}/{identity.LastingVolume(path)}:{path}");
            _new.Add(path);
            return;
        }
        var name = isLasting ? identity.LastingVolume(path) : identity.PassingVolume(path);
        if (!isLasting || !await Exists(name, cancellationToken))
        {
            await engine.Volumes.CreateAsync(
                new VolumesCreateParameters
                {
                    Name = name,
                    Driver = settings.VolumeDriver.Length > 0 ? settings.VolumeDriver : null!,
                    DriverOpts = settings.VolumeDriverOptions.ToDictionary(),
                    Labels = identity.Labels("cache", isLasting),
                },
                cancellationToken);
            _new.Add(path);
        }
        _binds.Add($"{name}:{path}");
    }

    private async Task<bool> Exists(string name, CancellationToken cancellationToken)
    {
        try
        {
            await engine.Volumes.InspectAsync(name, cancellationToken);
            return true;
        }
        catch (DockerApiException e) when (e.StatusCode == System.Net.HttpStatusCode.NotFound)
        {
            return false;
        }
    }
}

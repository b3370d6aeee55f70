using Berth.Runner.Engine;
using Docker.DotNet.Models;

namespace Berth.Runner.Jobs;

/// <summary>What a job needs on the engine, made and started.</summary>
/// <param name="HasCache">Whether a volume is where the local cache is kept.</param>
internal sealed record PreparedJob(HelperContainer Helper, BuildContainer Build, ImageInspectResponse Image, string ImageName, bool HasCache);

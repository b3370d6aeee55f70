using System.Threading.Channels;
using Berth.Oci;
using Berth.Server.Access;
using Berth.Server.Database;

namespace Berth.Server.Distribution;

/// <summary>
/// Reads platform, creation time and labels out of image configs, after the push was answered. Facts that a crash loses are shown as
/// unknown until the manifest is pushed again; nothing depends on them.
/// </summary>
internal sealed class ImageFacts(MetadataDatabase database, Blobs blobs, ILogger<ImageFacts> log) : BackgroundService
{
    /// <summary>Beyond it the facts of a push are skipped rather than let memory grow with a flood of pushes.</summary>
    private const int MaxWaiting = 1000;

    private readonly Channel<(RepositoryAccess Access, Digest Manifest, Descriptor Config)> _waiting =
        Channel.CreateBounded<(RepositoryAccess, Digest, Descriptor)>(new BoundedChannelOptions(MaxWaiting) { FullMode = BoundedChannelFullMode.DropWrite });

    public void ReadLater(RepositoryAccess access, Digest manifest, Descriptor config)
    {
        if (config.Size <= OciLimits.MaxConfigBytes && config.MediaType is MediaTypes.OciImageConfig or MediaTypes.DockerImageConfig)
            _waiting.Writer.TryWrite((access, manifest, config));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var (access, manifest, config) in _waiting.Reader.ReadAllAsync(stoppingToken))
        {
            try
            {
                await Read(access, manifest, config, stoppingToken);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                log.FactsNotRead(manifest, failure);
            }
        }
    }

    private async Task Read(RepositoryAccess access, Digest manifest, Descriptor config, CancellationToken cancellationToken)
    {
        if (await blobs.ReadSmall(access, config.Digest, OciLimits.MaxConfigBytes, cancellationToken) is not { } bytes || ImageConfig.TryParse(bytes) is not { } image)
            return;
        var platform = image.Os is null || image.Architecture is null ? null : $"{image.Os}/{image.Architecture}{(image.Variant is null ? "" : "/" + image.Variant)}";
        var labels = ImageLabels.Read(bytes);
        await database.Write(transaction =>
        {
            var row = new { platform, created = image.Created is { } created ? Clock.Micros(created) : (long?)null, repository = access.RepositoryId, digest = manifest.ToBytes() };
            transaction.Execute(DistributionQueries.SetImageFacts, row);
            foreach (var (key, value) in labels)
                transaction.Execute(DistributionQueries.InsertLabel, new { row.repository, row.digest, key, value });
        }, Durability.Process);
    }
}

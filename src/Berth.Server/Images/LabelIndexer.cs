using System.Globalization;
using Berth.Oci;
using Berth.Server.Database;
using Berth.Server.Distribution;

namespace Berth.Server.Images;

/// <summary>
/// Indexes the labels of images that were pushed before labels were: goes once through all manifests, as a migration asked for, in steps
/// that commit where they are. What is pushed since, <see cref="ImageFacts"/> reads at once.
/// </summary>
internal sealed class LabelIndexer(MetadataDatabase database, ImageManifests manifests, TimeProvider time, ILogger<LabelIndexer> log) : TaskRunner("index_labels", database, time)
{
    /// <summary>Manifests in a step: some 10 ms in which nothing else is written to SQLite.</summary>
    private const int Batch = 50;

    protected override async Task Run(TaskLease lease, CancellationToken cancellationToken)
    {
        List<ManifestRow> rows;
        var place = lease.Payload;
        do
        {
            rows = await Next(place, cancellationToken);
            var found = new List<(ManifestRow Row, IReadOnlyDictionary<string, string> Labels)>();
            foreach (var row in rows.Where(row => row.IsIndexed == 0))
                found.Add((row, await manifests.ReadLabels(new ImageRow(row.RepositoryId, ""), Digest.FromBytes(row.Digest), row.MediaType, cancellationToken)));
            if (rows.Count > 0)
                place = rows[^1].Place;
            if (!await Database.Write(transaction => Index(transaction, lease, found, place), Durability.Process))
                return;
        }
        while (rows.Count == Batch);
    }

    protected override void Failed(TaskLease lease, Exception failure) => log.LabelsNotIndexed(failure);

    /// <summary>A store that is away for long is asked again every hour.</summary>
    protected override void GiveUp(WriteTransaction transaction, TaskLease lease, Exception failure) => Enqueue(transaction, lease.Payload, Time.Micros() + Clock.Hour);

    private async Task<List<ManifestRow>> Next(string place, CancellationToken cancellationToken)
    {
        var parts = place.Split(':');
        await using var connection = await Database.OpenRead(cancellationToken);
        return await connection.Query<ManifestRow>(LabelIndexQueries.Next,
            new { repository = long.Parse(parts[0], CultureInfo.InvariantCulture), digest = Convert.FromHexString(parts[1]), limit = Batch }, cancellationToken);
    }

    private bool Index(WriteTransaction transaction, TaskLease lease, List<(ManifestRow Row, IReadOnlyDictionary<string, string> Labels)> found, string place)
    {
        if (!lease.Renew(transaction, Time.Micros()))
            return false;
        foreach (var (row, labels) in found)
        {
            foreach (var (key, value) in labels)
                transaction.Execute(DistributionQueries.InsertLabel, new { repository = row.RepositoryId, digest = row.Digest, key, value });
        }
        transaction.Execute(LabelIndexQueries.Advance, new { id = lease.Id, payload = place });
        return true;
    }

    private sealed record ManifestRow(long RepositoryId, byte[] Digest, string MediaType, long IsIndexed)
    {
        public string Place => FormattableString.Invariant($"{RepositoryId}:{Convert.ToHexString(Digest)}");
    }
}

using System.Buffers;
using System.Security.Cryptography;
using Berth.Oci;
using Berth.Server.Configuration;
using Berth.Server.Database;
using Berth.Server.Storage;

namespace Berth.Server.Operation;

/// <summary>
/// berth fsck: hashes every stored blob and manifest, follows every reference, and counts what nothing needs. It changes nothing,
/// so it may run beside a server; what that one is just storing may then show as not needed. 1 if something is broken.
/// </summary>
internal sealed class Fsck(MetadataDatabase database, IBlobStorage storage, TextWriter output)
{
    private const int Page = 500;

    private long _problems;

    public static async Task<int> Verb(BerthSettings settings, CancellationToken cancellationToken)
    {
        var data = DataDirectory.Existing(settings.DataDirectory);
        await using var database = Databases.Open(settings, data);
        using var storage = new DiskStorage(data.Path, settings.MinimumFreeSpace, TimeProvider.System);
        return await new Fsck(database, storage, Console.Out).Run(cancellationToken) == 0 ? 0 : 1;
    }

    /// <summary>The number of problems found.</summary>
    public async Task<long> Run(CancellationToken cancellationToken)
    {
        var (blobs, bytes) = await CheckBlobs(cancellationToken);
        var manifests = await CheckManifests(cancellationToken);
        await CheckReferences(cancellationToken);
        var (orphans, orphanBytes) = await CountOrphans(cancellationToken);
        await output.WriteLineAsync($"{blobs} blobs ({bytes} bytes) and {manifests} manifests read; {orphans} stored blobs ({orphanBytes} bytes) that no row names, to be collected; {_problems} problems");
        return _problems;
    }

    private async Task<(long Count, long Bytes)> CheckBlobs(CancellationToken cancellationToken)
    {
        var (count, bytes, last) = (0L, 0L, Array.Empty<byte>());
        while (true)
        {
            var rows = await Read<BlobRow>(FsckQueries.Blobs, new { last, limit = Page }, cancellationToken);
            foreach (var row in rows.Where(row => row.State == 1))
            {
                var digest = Digest.FromBytes(row.Digest);
                if (await Damage(digest, row, cancellationToken) is { } damage)
                    await Tell($"blob {digest}: {damage}");
                (count, bytes) = (count + 1, bytes + row.Size);
            }
            if (rows.Count < Page)
                return (count, bytes);
            last = rows[^1].Digest;
        }
    }

    private async Task<string?> Damage(Digest digest, BlobRow row, CancellationToken cancellationToken)
    {
        using var reader = await storage.OpenBlob(digest, row.Location, cancellationToken);
        if (reader is null)
            return "its bytes are missing: push it again, or restore it from a backup";
        if (reader.Length != row.Size)
            return $"{reader.Length} bytes are stored, {row.Size} belong there: push it again";
        using var hash = IncrementalHash.CreateHash(digest.Algorithm == DigestAlgorithm.Sha256 ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA512);
        var buffer = ArrayPool<byte>.Shared.Rent(1024 * 1024);
        try
        {
            int read;
            for (var offset = 0L; (read = await reader.Read(buffer, offset, cancellationToken)) > 0; offset += read)
                hash.AppendData(buffer, 0, read);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
        var actual = Digest.FromHash(digest.Algorithm, hash.GetHashAndReset());
        return actual == digest ? null : $"its bytes hash to {actual}: push it again";
    }

    private async Task<long> CheckManifests(CancellationToken cancellationToken)
    {
        var (count, last) = (0L, Array.Empty<byte>());
        while (true)
        {
            var rows = await Read<ManifestRow>(FsckQueries.Manifests, new { last, limit = 16 }, cancellationToken);
            foreach (var row in rows)
            {
                var digest = Digest.FromBytes(row.Digest);
                if (Digest.Of(digest.Algorithm, row.Content) != digest)
                    await Tell($"manifest {digest}: its bytes are damaged: push it again");
                count++;
            }
            if (rows.Count < 16)
                return count;
            last = rows[^1].Digest;
        }
    }

    private async Task CheckReferences(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenRead(cancellationToken);
        foreach (var (problem, sql) in FsckQueries.Broken)
        {
            await foreach (var row in connection.QueryUnbuffered<BrokenRow>(sql, null).WithCancellation(cancellationToken))
                await Tell($"repository {row.RepositoryId}: {problem}: {Digest.FromBytes(row.Digest)}");
        }
    }

    private async Task<(long Count, long Bytes)> CountOrphans(CancellationToken cancellationToken)
    {
        var (count, bytes) = (0L, 0L);
        await foreach (var (digest, location, length) in storage.ListBlobs().WithCancellation(cancellationToken))
        {
            await using var connection = await database.OpenRead(cancellationToken);
            if (await connection.QueryFirstOrDefault<string>(FsckQueries.LocationOfBlob, new { digest = digest.ToBytes() }, cancellationToken) == location)
                continue;
            (count, bytes) = (count + 1, bytes + length);
        }
        return (count, bytes);
    }

    private async Task<List<T>> Read<T>(string sql, object parameters, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenRead(cancellationToken);
        return await connection.Query<T>(sql, parameters, cancellationToken);
    }

    private Task Tell(string problem)
    {
        _problems++;
        return output.WriteLineAsync(problem);
    }

    private sealed record BlobRow(byte[] Digest, long Size, string Location, long State);

    private sealed record ManifestRow(byte[] Digest, byte[] Content);

    private sealed record BrokenRow(long RepositoryId, byte[] Digest);
}

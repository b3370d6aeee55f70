using System.Collections.ObjectModel;
using Berth.Oci;
using Berth.Server.Database;
using Berth.Server.Distribution;
using Berth.Server.Storage;

namespace Berth.Server.Images;

/// <summary>
/// What the manifests of a repository hold, for people to look at. It takes an <see cref="ImageRow"/>, which only a right to the
/// project's images finds, or work in the background. Looking promises no client anything, so no lease is renewed.
/// </summary>
internal sealed class ImageManifests(MetadataDatabase database, ManifestContents contents, IBlobStorage storage)
{
    /// <summary>Children of an index whose rows are read at once.</summary>
    private const int ChildrenAtOnce = 500;

    public async Task<ImageManifestRow?> Find(ImageRow image, Reference reference, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenRead(cancellationToken);
        return reference.Digest is { } digest
            ? await connection.QueryFirstOrDefault<ImageManifestRow>(ImageManifestQueries.ByDigest, new { repository = image.Id, digest = digest.ToBytes() }, cancellationToken)
            : await connection.QueryFirstOrDefault<ImageManifestRow>(ImageManifestQueries.ByTag, new { repository = image.Id, tag = reference.ToString() }, cancellationToken);
    }

    /// <summary>The document and the config behind a row.</summary>
    public async Task<ImageManifest> Read(ImageRow image, ImageManifestRow row, CancellationToken cancellationToken)
    {
        if (await contents.Read(row.Address, cancellationToken) is not { } json)
            return new ImageManifest(row, null, null, new ConfigContent.None());
        if (Parse(json, row.MediaType) is not { } document)
            return new ImageManifest(row, json, null, new ConfigContent.None());
        return new ImageManifest(row, json, document, document.Config is null ? new ConfigContent.None() : await ReadConfig(image, document.Config, cancellationToken));
    }

    /// <summary>The document alone; null if it is damaged or gone.</summary>
    public async Task<ManifestDocument?> ReadDocument(ImageManifestRow row, CancellationToken cancellationToken) =>
        await contents.Read(row.Address, cancellationToken) is { } json ? Parse(json, row.MediaType) : null;

    /// <summary>The labels by which an image is found; none of what is no image.</summary>
    public async Task<IReadOnlyDictionary<string, string>> ReadLabels(ImageRow image, Digest digest, string mediaType, CancellationToken cancellationToken) =>
        await contents.Read(digest, cancellationToken) is { } json && Parse(json, mediaType)?.Config is { } config && IsImageConfig(config)
            && await ReadBlob(image, config.Digest, OciLimits.MaxConfigBytes, cancellationToken) is { } bytes
            ? ImageLabels.Read(bytes)
            : ReadOnlyDictionary<string, string>.Empty;

    /// <summary>The bytes of a blob of the repository; null if it is larger than <paramref name="atMost"/>, or not there, or not whole.</summary>
    public async Task<byte[]?> ReadBlob(ImageRow image, Digest digest, int atMost, CancellationToken cancellationToken)
    {
        BlobRow? blob;
        await using (var connection = await database.OpenRead(cancellationToken))
            blob = await connection.QueryFirstOrDefault<BlobRow>(ImageManifestQueries.Blob, new { repository = image.Id, digest = digest.ToBytes() }, cancellationToken);
        if (blob is null || blob.Size > atMost)
            return null;
        using var reader = await storage.OpenBlob(digest, blob.Location, cancellationToken);
        if (reader is null || reader.Length != blob.Size)
            return null;
        var bytes = new byte[blob.Size];
        for (var filled = 0; filled < bytes.Length;)
        {
            var read = await reader.Read(bytes.AsMemory(filled), filled, cancellationToken);
            if (read == 0)
                return null;
            filled += read;
        }
        // Damage on the disk is not shown as if someone had written it.
        return Digest.Of(digest.Algorithm, bytes) == digest ? bytes : null;
    }

    /// <summary>Some children of an index, in its order.</summary>
    public async Task<List<ImageChild>> Children(ImageRow image, IEnumerable<Descriptor> descriptors, CancellationToken cancellationToken)
    {
        var children = new List<ImageChild>();
        foreach (var some in descriptors.Chunk(ChildrenAtOnce))
        {
            await using var connection = await database.OpenRead(cancellationToken);
            var rows = await connection.Query<ImageManifestRow>(
                ImageManifestQueries.OfDigests, new { repository = image.Id, digests = some.Select(child => child.Digest.ToBytes()).ToArray() }, cancellationToken);
            var known = rows.ToDictionary(row => row.Address);
            children.AddRange(some.Select(child => new ImageChild(child, known.GetValueOrDefault(child.Digest))));
        }
        return children;
    }

    /// <summary>What is attached to a manifest, behind <paramref name="after"/>.</summary>
    public async Task<List<ImageManifestRow>> Referrers(ImageRow image, Digest subject, Digest? after, int limit, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenRead(cancellationToken);
        return await connection.Query<ImageManifestRow>(
            ImageManifestQueries.Referrers, new { repository = image.Id, subject = subject.ToBytes(), after = after?.ToBytes() ?? [], limit }, cancellationToken);
    }

    /// <summary>What cosign 1 and 2 attach by a tag instead: signature, attestations and SBOM, each under a tag made of the digest.</summary>
    public async Task<List<TaggedManifest>> AttachedByTag(ImageRow image, Digest subject, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenRead(cancellationToken);
        return await connection.Query<TaggedManifest>(
            ImageManifestQueries.KnownTags, new { repository = image.Id, tags = CosignTags.Of(subject) }, cancellationToken);
    }

    /// <summary>Tags that point at a manifest, by name.</summary>
    public async Task<List<string>> TagsOf(ImageRow image, Digest digest, string after, int limit, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenRead(cancellationToken);
        return await connection.Query<string>(ImageManifestQueries.TagsOf, new { repository = image.Id, digest = digest.ToBytes(), after, limit }, cancellationToken);
    }

    /// <summary>Null for what an older version took and this one would not.</summary>
    private static ManifestDocument? Parse(byte[] json, string mediaType)
    {
        try
        {
            return ManifestDocument.Parse(json, mediaType);
        }
        catch (ManifestInvalidException)
        {
            return null;
        }
    }

    private async Task<ConfigContent> ReadConfig(ImageRow image, Descriptor config, CancellationToken cancellationToken)
    {
        if (!IsImageConfig(config))
            return new ConfigContent.Foreign(config.MediaType);
        if (config.Size > OciLimits.MaxConfigBytes)
            return new ConfigContent.TooLarge(config.Size);
        if (await ReadBlob(image, config.Digest, OciLimits.MaxConfigBytes, cancellationToken) is not { } bytes)
            return new ConfigContent.Missing();
        return ImageConfigDetails.TryParse(bytes) is { } details ? new ConfigContent.Read(details) : new ConfigContent.Damaged();
    }

    private static bool IsImageConfig(Descriptor config) => config.MediaType is MediaTypes.OciImageConfig or MediaTypes.DockerImageConfig;

    private sealed record BlobRow(long Size, string Location);
}

/// <summary>A tag and what it points at.</summary>
internal sealed record TaggedManifest(string Tag, byte[] Digest);

namespace Berth.Server.Images;

/// <summary>How one manifest differs from another, as the API shows it. Sizes in bytes.</summary>
internal sealed class ApiDifference(ImageManifestRow from, ImageManifestRow to, ImageDifference difference)
{
    public ApiSide From => ApiSide.Of(from);
    public ApiSide To => ApiSide.Of(to);
    public long SizeChange => to.TotalSize - from.TotalSize;
    public IEnumerable<ApiLayerChange> Layers => difference.Layers.Select(change =>
        new ApiLayerChange(change.Kind.ToString().ToLowerInvariant(), change.Layer.Digest.ToString(), change.Layer.Size, change.Layer.MediaType));

    public IEnumerable<ApiConfigChange> Config => difference.Config.Select(change => new ApiConfigChange(change.Field, change.Name, change.From, change.To));
    public IEnumerable<ApiPlatformChange> Platforms => difference.Platforms.Select(change => new ApiPlatformChange(change.Platform, change.From?.ToString(), change.To?.ToString()));
}

internal sealed record ApiSide(string Digest, string MediaType, long TotalSize)
{
    public static ApiSide Of(ImageManifestRow row) => new(row.Address.ToString(), row.MediaType, row.TotalSize);
}

/// <summary><c>Change</c>: same, added or removed.</summary>
internal sealed record ApiLayerChange(string Change, string Digest, long Size, string MediaType);

/// <summary>An entry of the config; null where an image does not have it.</summary>
internal sealed record ApiConfigChange(string Field, string Name, string? From, string? To);

/// <summary>A child of an index, by digest; null where an index does not have it.</summary>
internal sealed record ApiPlatformChange(string Platform, string? From, string? To);

using Berth.Oci;
using Berth.Server.Access;
using Berth.Server.Database;

namespace Berth.Server.Images;

/// <summary>What a manifest holds, as the API shows it. Sizes in bytes.</summary>
internal sealed class ApiManifest(ImageManifest manifest, List<ImageChild> children, List<ApiReferrer> referrers, List<TaggedManifest> attached, string? next)
{
    public string Digest => manifest.Row.Address.ToString();
    public string MediaType => manifest.Row.MediaType;
    public string? ArtifactType => manifest.Row.ArtifactType;

    /// <summary>The manifest that it is attached to.</summary>
    public string? Subject => manifest.Row.Subject is { } subject ? Oci.Digest.FromBytes(subject).ToString() : null;
    public long Size => manifest.Row.Size;
    public long TotalSize => manifest.Row.TotalSize;
    public string PublishedAt => ApiTime.Of(manifest.Row.PublishedAt);
    public IReadOnlyDictionary<string, string>? Annotations => manifest.Document?.Annotations;
    public ApiManifestConfig? Config { get; init; } = manifest.Document?.Config is { } config ? new(config, manifest.Config) : null;
    public IEnumerable<ApiLayer> Layers => LayersOf.Select(layer => new ApiLayer(layer.Digest.ToString(), layer.MediaType, layer.Size, layer.Annotations));
    public IEnumerable<ApiBuildStep> History => BuildHistory.Of(LayersOf, Details?.History ?? []).Where(built => built.Step is not null)
        .Select(built => new ApiBuildStep(built.Layer?.Digest.ToString(), built.Step!.CreatedBy, built.Step.Comment, ApiImageConfig.Time(built.Step.Created)));

    /// <summary>The children of an index.</summary>
    public IEnumerable<ApiPlatform> Platforms => children.Where(child => child.AttestationOf is null)
        .Select(child => new ApiPlatform(child.Platform, child.Descriptor.Digest.ToString(), child.Descriptor.MediaType, child.Row?.TotalSize, child.Row is not null));

    public IEnumerable<ApiAttestation> Attestations => children.Where(child => child.AttestationOf is not null)
        .Select(child => new ApiAttestation(child.Descriptor.Digest.ToString(), child.AttestationOf!.Value.ToString()));

    public IReadOnlyList<ApiReferrer> Referrers => referrers;

    /// <summary>The last of them, if there are more: referrers_after of the next call.</summary>
    public string? ReferrersNext => next;
    public IEnumerable<ApiAttachedTag> AttachedByTag => attached.Select(tag => new ApiAttachedTag(tag.Tag, Oci.Digest.FromBytes(tag.Digest).ToString()));

    private IReadOnlyList<Descriptor> LayersOf => manifest.Document?.Layers ?? [];

    private ImageConfigDetails? Details => (manifest.Config as ConfigContent.Read)?.Details;
}

/// <summary>The config of a manifest. <c>State</c>: read, or why there is no content.</summary>
internal sealed class ApiManifestConfig(Descriptor config, ConfigContent content)
{
    public string Digest => config.Digest.ToString();
    public string MediaType => config.MediaType;
    public long Size => config.Size;
    public string State => content switch
    {
        ConfigContent.Read => "read",
        ConfigContent.None => "none",
        ConfigContent.Foreign => "foreign",
        ConfigContent.TooLarge => "too_large",
        ConfigContent.Missing => "missing",
        ConfigContent.Damaged => "damaged",
        _ => throw new InvalidOperationException($"{content} is no content of a config."),
    };
    public ApiImageConfig? Content { get; init; } = content is ConfigContent.Read { Details: var details } ? new(details) : null;
}

/// <summary>What an image's config says.</summary>
internal sealed class ApiImageConfig(ImageConfigDetails details)
{
    public string? Os => details.Facts.Os;
    public string? Architecture => details.Facts.Architecture;
    public string? Variant => details.Facts.Variant;
    public string? CreatedAt => Time(details.Facts.Created);
    public string? Author => details.Author;
    public string? User => details.User;
    public string? WorkingDir => details.WorkingDirectory;
    public string? StopSignal => details.StopSignal;
    public IReadOnlyList<string> Env => details.Environment;
    public IReadOnlyList<string> Entrypoint => details.Entrypoint;
    public IReadOnlyList<string> Cmd => details.Command;
    public IReadOnlyList<string> ExposedPorts => details.Ports;
    public IReadOnlyList<string> Volumes => details.Volumes;
    public IReadOnlyDictionary<string, string> Labels => details.Labels.DistinctBy(label => label.Key).ToDictionary(label => label.Key, label => label.Value);

    public static string? Time(DateTimeOffset? time) => time is { } at ? ApiTime.Of(Clock.Micros(at)) : null;
}

/// <summary>A manifest that is attached to another, as signatures are.</summary>
internal sealed class ApiReferrer(ImageManifestRow row, IReadOnlyDictionary<string, string>? annotations)
{
    public string Digest => row.Address.ToString();
    public string MediaType => row.MediaType;
    public string? ArtifactType => row.ArtifactType;
    public long Size => row.Size;
    public long TotalSize => row.TotalSize;
    public string PublishedAt => ApiTime.Of(row.PublishedAt);
    public IReadOnlyDictionary<string, string>? Annotations => annotations;
}

internal sealed record ApiLayer(string Digest, string MediaType, long Size, IReadOnlyDictionary<string, string> Annotations);

/// <summary>A line of the build, with the layer that it made if any.</summary>
internal sealed record ApiBuildStep(string? Layer, string CreatedBy, string? Comment, string? CreatedAt);

/// <summary>A child of an index. <c>Present</c>: the repository has it.</summary>
internal sealed record ApiPlatform(string? Platform, string Digest, string MediaType, long? TotalSize, bool Present);

internal sealed record ApiAttestation(string Digest, string Of);

/// <summary>What cosign attached by a tag of its own.</summary>
internal sealed record ApiAttachedTag(string Tag, string Digest);

using Berth.Pipelines.Yaml;

namespace Berth.Pipelines.Entries;

/// <summary>The keywords that a job and <c>default:</c> have in common; null is "not given". A job's own replaces the default whole.</summary>
internal sealed record SharedKeywords
{
    /// <summary>Their names, and of those the ones that may also stand at the root of the file.</summary>
    public static readonly string[] Names = ["image", "services", "before_script", "after_script", "artifacts", "retry", "timeout", "tags", "interruptible"];

    public static readonly string[] RootNames = ["image", "services", "before_script", "after_script"];

    public ImageDefinition? Image { get; init; }

    public IReadOnlyList<ServiceDefinition>? Services { get; init; }

    public IReadOnlyList<string>? BeforeScript { get; init; }

    public IReadOnlyList<string>? AfterScript { get; init; }

    public ArtifactsDefinition? Artifacts { get; init; }

    public RetryDefinition? Retry { get; init; }

    public TimeSpan? Timeout { get; init; }

    public IReadOnlyList<string>? Tags { get; init; }

    public bool? Interruptible { get; init; }

    /// <summary>Reads them out of a map, the other keys of which are not looked at.</summary>
    public static SharedKeywords Read(Entry map) => new()
    {
        Image = map.Child("image") is { } image ? ImageEntry.Read(image) : null,
        Services = map.Child("services") is { } services ? ServicesEntry.Read(services) : null,
        BeforeScript = map.Child("before_script") is { } before ? ScriptEntry.Read(before) : null,
        AfterScript = map.Child("after_script") is { } after ? ScriptEntry.Read(after) : null,
        Artifacts = map.Child("artifacts") is { } artifacts ? ArtifactsEntry.Read(artifacts) : null,
        Retry = map.Child("retry") is { } retry ? RetryEntry.Read(retry) : null,
        Timeout = map.Child("timeout") is { } timeout ? ReadTimeout(timeout) : null,
        Tags = map.Child("tags") is { } tags ? ReadTags(tags) : null,
        Interruptible = map.Child("interruptible")?.Boolean(),
    };

    /// <summary>These, and where one is not given, that of the defaults if the job takes it over.</summary>
    public SharedKeywords Or(SharedKeywords defaults, Func<string, bool> inherits) => new()
    {
        Image = Image ?? (inherits("image") ? defaults.Image : null),
        Services = Services ?? (inherits("services") ? defaults.Services : null),
        BeforeScript = BeforeScript ?? (inherits("before_script") ? defaults.BeforeScript : null),
        AfterScript = AfterScript ?? (inherits("after_script") ? defaults.AfterScript : null),
        Artifacts = Artifacts ?? (inherits("artifacts") ? defaults.Artifacts : null),
        Retry = Retry ?? (inherits("retry") ? defaults.Retry : null),
        Timeout = Timeout ?? (inherits("timeout") ? defaults.Timeout : null),
        Tags = Tags ?? (inherits("tags") ? defaults.Tags : null),
        Interruptible = Interruptible ?? (inherits("interruptible") ? defaults.Interruptible : null),
    };

    private static TimeSpan? ReadTimeout(Entry entry)
    {
        if (entry.Value is YamlScalar { Kind: YamlScalarKind.String or YamlScalarKind.Integer, Text: var text }
            && Durations.TryParse(text, out var timeout) && timeout > TimeSpan.Zero)
            return timeout;
        entry.Error("config should be a duration");
        return null;
    }

    private static IReadOnlyList<string>? ReadTags(Entry entry)
    {
        var tags = entry.Texts(allowNumbers: true);
        if (tags?.Count > PipelineLimits.MaxTags)
            entry.Error($"config must be less than the limit of {PipelineLimits.MaxTags} tags");
        return tags;
    }
}

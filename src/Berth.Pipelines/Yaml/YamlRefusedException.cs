namespace Berth.Pipelines.Yaml;

/// <summary>Ends the reading of a file at once: broken syntax, or a limit that protects the reader itself. Stays in this assembly.</summary>
internal sealed class YamlRefusedException(Position at, string message) : Exception(message)
{
    public Position At { get; } = at;

    public static YamlRefusedException TooLarge(Position at) => new(at,
        $"the file grows beyond {PipelineLimits.MaxExpandedWeight / (1024 * 1024)} MiB with its anchors, merges, extends and defaults worked in");
}

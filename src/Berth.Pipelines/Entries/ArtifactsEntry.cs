using System.Collections.Frozen;
using Berth.Pipelines.Yaml;

namespace Berth.Pipelines.Entries;

/// <summary>artifacts: what of it is one archive of files.</summary>
internal static class ArtifactsEntry
{
    private static readonly FrozenSet<string> Keys = FrozenSet.Create("name", "paths", "exclude", "untracked", "when", "expire_in", "expose_as");
    private static readonly FrozenSet<string> UnsupportedKeys = FrozenSet.Create("reports", "public", "access");

    public static ArtifactsDefinition? Read(Entry entry)
    {
        if (entry.Value is not YamlMap)
        {
            entry.Error("config should be a hash");
            return null;
        }
        entry.CheckKeys(Keys, UnsupportedKeys);
        return new ArtifactsDefinition(
            entry.Child("name")?.TextOr("should be a string"),
            entry.Child("paths")?.Texts() ?? [],
            entry.Child("exclude")?.Texts() ?? [],
            entry.Child("untracked")?.Boolean() ?? false,
            entry.Child("when") is { } when ? ReadWhen(entry, when) : ArtifactsWhen.OnSuccess,
            entry.Child("expire_in") is { } expiry ? ReadExpiry(entry, expiry) : null,
            entry.Child("expose_as")?.TextOr("should be a string"));
    }

    private static ArtifactsWhen ReadWhen(Entry artifacts, Entry when)
    {
        switch (when.Text)
        {
            case "on_success":
                return ArtifactsWhen.OnSuccess;
            case "on_failure":
                return ArtifactsWhen.OnFailure;
            case "always":
                return ArtifactsWhen.Always;
            default:
                artifacts.ErrorAt(when.At, "when should be one of: on_success, on_failure, always");
                return ArtifactsWhen.OnSuccess;
        }
    }

    private static string? ReadExpiry(Entry artifacts, Entry expiry)
    {
        if (expiry.Value is YamlScalar { Kind: YamlScalarKind.String or YamlScalarKind.Integer, Text: var text }
            && (text == "never" || Durations.TryParse(text, out _)))
            return text;
        artifacts.ErrorAt(expiry.At, "expire in should be a duration");
        return null;
    }
}

using Berth.Pipelines.Yaml;

namespace Berth.Pipelines.Entries;

/// <summary>script, before_script, after_script: a string, or strings in lists up to ten deep, which become one list of lines.</summary>
internal static class ScriptEntry
{
    private static readonly string WrongShape = $"config should be a string or a nested array of strings up to {PipelineLimits.MaxListNesting} levels deep";

    /// <summary>A job's script, which has to have something in it.</summary>
    public static IReadOnlyList<string>? ReadRequired(Entry entry)
    {
        var lines = Read(entry);
        if (lines is not null && lines.All(string.IsNullOrWhiteSpace))
            entry.Error("config can't be blank");
        return lines;
    }

    /// <summary>May be empty: that is how a job does without a default.</summary>
    public static IReadOnlyList<string>? Read(Entry entry)
    {
        if (entry.Text is { } text)
            return [text];
        if (entry.Value is YamlList list)
        {
            var lines = new List<string>();
            return Flatten(entry, list, lines, 1) ? lines : null;
        }
        entry.Error(WrongShape);
        return null;
    }

    private static bool Flatten(Entry entry, YamlList list, List<string> lines, int level)
    {
        var isRight = true;
        foreach (var item in list.Items)
        {
            if (item is YamlScalar { Kind: YamlScalarKind.String, Text: var line })
            {
                lines.Add(line);
            }
            else if (item is YamlList nested && level < PipelineLimits.MaxListNesting)
            {
                isRight &= Flatten(entry, nested, lines, level + 1);
            }
            else
            {
                entry.ErrorAt(item.At, WrongShape);
                isRight = false;
            }
        }
        return isRight;
    }
}

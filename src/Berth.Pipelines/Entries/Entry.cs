using Berth.Pipelines.Yaml;

namespace Berth.Pipelines.Entries;

/// <summary>
/// A value of the file with its place in GitLab's words (<c>jobs:build:image</c>) and the list for what is wrong with it.
/// Readers return null after an error; nothing is made of a file with errors.
/// </summary>
internal readonly record struct Entry(YamlValue Value, string Place, ErrorList Errors)
{
    public Position At => Value.At;

    /// <summary>Text of a YAML string; not of a number or a boolean.</summary>
    public string? Text => Value is YamlScalar { Kind: YamlScalarKind.String, Text: var text } ? text : null;

    public Entry? Child(string key) => (Value as YamlMap)?[key] is { } value ? new Entry(value, $"{Place}:{key}", Errors) : null;

    public void Error(string message) => Errors.Add(At, $"{Place} {message}");

    public void ErrorAt(Position at, string message) => Errors.Add(at, $"{Place} {message}");

    public void Unsupported() => Errors.AddUnsupported(At, Place);

    /// <summary>Refuses every key that is not allowed, and by another message those that only GitLab knows.</summary>
    public void CheckKeys(IReadOnlySet<string> allowed, IReadOnlySet<string> unsupported)
    {
        foreach (var entry in ((YamlMap)Value).Entries)
        {
            if (unsupported.Contains(entry.Key))
                Errors.AddUnsupported(entry.KeyAt, $"{Place}:{entry.Key}");
            else if (!allowed.Contains(entry.Key))
                Errors.Add(entry.KeyAt, $"{Place} config contains unknown keys: {entry.Key}");
        }
    }

    public string? TextOr(string error)
    {
        if (Text is null)
            Error(error);
        return Text;
    }

    public bool? Boolean(string error = "config should be a boolean value")
    {
        if (Value is YamlScalar { Kind: YamlScalarKind.Boolean, Text: var text })
            return text == "true";
        Error(error);
        return null;
    }

    public int? Integer => Value is YamlScalar { Kind: YamlScalarKind.Integer, Text: var text } && int.TryParse(text, out var number) ? number : null;

    /// <summary>An array of strings; of numbers too where GitLab turns those into strings.</summary>
    public IReadOnlyList<string>? Texts(string error = "config should be an array of strings", bool allowNumbers = false)
    {
        if (Value is not YamlList list)
        {
            Error(error);
            return null;
        }
        var texts = new List<string>(list.Items.Count);
        foreach (var item in list.Items)
        {
            if (item is YamlScalar scalar && (scalar.Kind == YamlScalarKind.String || allowNumbers && scalar.Kind is YamlScalarKind.Integer or YamlScalarKind.Float))
                texts.Add(scalar.Text);
            else
                ErrorAt(item.At, error);
        }
        return texts.Count == list.Items.Count ? texts : null;
    }

    /// <summary>An array of strings, or one.</summary>
    public IReadOnlyList<string>? TextOrTexts(string error = "config should be an array of strings or a string") => Text is { } text ? [text] : Texts(error);

    /// <summary>An array of integers, or one.</summary>
    public IReadOnlyList<int>? IntegerOrIntegers(string error)
    {
        if (Integer is { } single)
            return [single];
        if (Value is not YamlList list)
        {
            Error(error);
            return null;
        }
        var entry = this;
        var numbers = list.Items.Select(item => (item.At, new Entry(item, entry.Place, entry.Errors).Integer)).ToList();
        foreach (var (at, number) in numbers)
        {
            if (number is null)
                ErrorAt(at, error);
        }
        return numbers.Exists(number => number.Integer is null) ? null : [.. numbers.Select(number => number.Integer!.Value)];
    }
}

using System.Globalization;
using Tomlyn.Model;

namespace Berth.Runner.Configuration;

/// <summary>
/// One table of config.toml. Each key is read by its name, or named by <see cref="NoEffect"/>; what is left then is unknown, and
/// <see cref="Finish"/> says so with the nearest known key. Names match without regard to case, as gitlab-runner's do.
/// </summary>
internal sealed class ConfigSection
{
    private readonly ConfigDocument _document;
    private readonly TomlTable _table;
    private readonly string _path;
    private readonly List<string> _warnings;
    private readonly HashSet<string> _known = new(StringComparer.OrdinalIgnoreCase);

    public ConfigSection(ConfigDocument document, TomlTable table, string path, List<string> warnings) =>
        (_document, _table, _path, _warnings) = (document, table, path, warnings);

    /// <summary>Where the section begins, for messages.</summary>
    public string Location => _document.Place(_path);

    public string Text(string key, string otherwise = "") => Value(key) switch
    {
        null => otherwise,
        string text => text,
        _ => throw Wrong(key, $"must be text in quotes: {key} = \"…\""),
    };

    public bool Flag(string key, bool otherwise = false) => OptionalFlag(key) ?? otherwise;

    public bool? OptionalFlag(string key) => Value(key) switch
    {
        null => null,
        bool flag => flag,
        _ => throw Wrong(key, "must be true or false, without quotes"),
    };

    public long Number(string key, long otherwise = 0) => Value(key) switch
    {
        null => otherwise,
        long number => number,
        _ => throw Wrong(key, "must be a whole number, without quotes"),
    };

    /// <summary>A list of texts; one text counts as a list of one, as gitlab-runner takes pull_policy.</summary>
    public IReadOnlyList<string> List(string key) => Value(key) switch
    {
        null => [],
        string text => [text],
        TomlArray array when array.All(item => item is string) => [.. array.Cast<string>()],
        _ => throw Wrong(key, $"must be a list of texts: {key} = [\"…\", \"…\"]"),
    };

    /// <summary>A table of texts; numbers and truth values count as written.</summary>
    public IReadOnlyDictionary<string, string> Map(string key)
    {
        var map = new Dictionary<string, string>(StringComparer.Ordinal);
        switch (Value(key))
        {
            case null:
                return map;
            case TomlTable table:
                foreach (var (name, value) in table)
                    map[name] = value is bool flag ? (flag ? "true" : "false") : Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
                return map;
            default:
                throw Wrong(key, "must be a table");
        }
    }

    /// <summary>A table inside this one, empty if it is not there.</summary>
    public ConfigSection Section(string key) => Value(key) switch
    {
        null => new ConfigSection(_document, [], Path(key), _warnings),
        TomlTable table => new ConfigSection(_document, table, Path(key), _warnings),
        _ => throw Wrong(key, "must be a table"),
    };

    public IReadOnlyList<ConfigSection> Sections(string key) => Value(key) switch
    {
        null => [],
        TomlTableArray tables => [.. tables.Select((table, i) => new ConfigSection(_document, table, $"{Path(key)}[{i}]", _warnings))],
        TomlArray array when array.All(item => item is TomlTable) =>
            [.. array.Cast<TomlTable>().Select((table, i) => new ConfigSection(_document, table, $"{Path(key)}[{i}]", _warnings))],
        _ => throw Wrong(key, $"must be written as [[{Path(key)}]]"),
    };

    /// <summary>Takes a key as known, and warns where it is set that it changes nothing here.</summary>
    public void NoEffect(string why, params ReadOnlySpan<string> keys)
    {
        foreach (var key in keys)
        {
            if (Value(key) is { } value && value is not (TomlTable { Count: 0 } or false or 0L or ""))
                Warn(key, $"{key} has no effect in berth-runner: {why}");
        }
    }

    /// <summary>Takes a key as known without a word: it is a note for people.</summary>
    public void Ignore(string key) => _known.Add(key);

    public void Warn(string key, string message) => _warnings.Add($"{_document.Place(Path(key))}: {message}");

    public ConfigException Wrong(string key, string message) => new($"{_document.Place(Path(key))}: {key} {message}");

    /// <summary>Warns of each key that nobody asked for.</summary>
    public void Finish()
    {
        foreach (var key in _table.Keys.Where(key => !_known.Contains(key)))
        {
            var meant = EditDistance.Nearest(key, _known) is { } nearest ? $"; did you mean {nearest}?" : "";
            Warn(key, $"unknown key {key} is ignored{meant}");
        }
    }

    private object? Value(string key)
    {
        _known.Add(key);
        if (_table.TryGetValue(key, out var value))
            return value;
        foreach (var (name, other) in _table)
        {
            if (string.Equals(name, key, StringComparison.OrdinalIgnoreCase))
                return other;
        }
        return null;
    }

    private string Path(string key) => _path.Length == 0 ? key : $"{_path}.{key}";
}

using Tomlyn;
using Tomlyn.Model;
using Tomlyn.Parsing;
using Tomlyn.Syntax;

namespace Berth.Runner.Configuration;

/// <summary>
/// config.toml as tables, with the place of each key: <see cref="Place"/> takes a path like <c>runners[0].docker.image</c>.
/// </summary>
internal sealed class ConfigDocument
{
    private readonly Dictionary<string, TextPosition> _places = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, int> _arrays = new(StringComparer.OrdinalIgnoreCase);
    private readonly string _file;

    private ConfigDocument(string file, TomlTable root) => (_file, Root) = (file, root);

    public TomlTable Root { get; }

    /// <param name="text">The file's content.</param>
    /// <param name="file">Its name in messages.</param>
    /// <exception cref="ConfigException">It is not well-formed.</exception>
    public static ConfigDocument Parse(string text, string file)
    {
        var syntax = SyntaxParser.Parse(text, file);
        if (syntax.HasErrors)
            throw new ConfigException(TomlMistake.Describe(text, file, syntax.Diagnostics));
        TomlTable root;
        try
        {
            root = TomlSerializer.Deserialize<TomlTable>(text)!;
        }
        catch (TomlException e)
        {
            throw new ConfigException($"{file}: {e.Message.ReplaceLineEndings(" ")}");
        }
        var document = new ConfigDocument(file, root);
        document.Record("", syntax.KeyValues);
        foreach (var table in syntax.Tables)
            document.Record(table);
        return document;
    }

    /// <summary><c>config.toml:12:3</c>, of the key or of the nearest table around it.</summary>
    public string Place(string path)
    {
        for (var at = path; at.Length > 0; at = at[..Math.Max(0, at.LastIndexOf('.'))])
        {
            if (_places.TryGetValue(at, out var position))
                return $"{_file}:{position.Line + 1}:{position.Column + 1}";
        }
        return _file;
    }

    private void Record(TableSyntaxBase table)
    {
        var path = "";
        var names = Names(table.Name!).ToList();
        for (var i = 0; i < names.Count; i++)
        {
            path = path.Length == 0 ? names[i] : $"{path}.{names[i]}";
            if (i == names.Count - 1 && table is TableArraySyntax)
                _arrays[path] = _arrays.TryGetValue(path, out var last) ? last + 1 : 0;
            if (_arrays.TryGetValue(path, out var index))
                path = $"{path}[{index}]";
        }
        _places.TryAdd(path, table.Span.Start);
        Record(path, table.Items);
    }

    private void Record(string prefix, SyntaxList<KeyValueSyntax> items)
    {
        foreach (var item in items)
        {
            var name = string.Join('.', Names(item.Key!));
            _places.TryAdd(prefix.Length == 0 ? name : $"{prefix}.{name}", item.Key!.Span.Start);
        }
    }

    private static IEnumerable<string> Names(KeySyntax key)
    {
        yield return Name(key.Key!);
        foreach (var part in key.DotKeys)
            yield return Name(part.Key!);
    }

    private static string Name(BareKeyOrStringValueSyntax key) => key.ToString()!.Trim().Trim('"', '\'');
}

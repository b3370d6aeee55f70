using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Berth.Pipelines.Yaml;

/// <summary>
/// Reads the one document of a text into values: anchors, aliases, merges and scalar types, within the limits. Broken syntax
/// ends it by <see cref="YamlRefusedException"/>; what can be read past goes to the errors.
/// </summary>
internal sealed class YamlReader
{
    private const string ReferenceTag = "!reference";
    private const string InvalidYaml = "(<unknown>): invalid YAML";

    private readonly Parser _parser;
    private readonly ErrorList _errors;

    /// <summary>Null while the anchored value is still being read.</summary>
    private readonly Dictionary<string, YamlValue?> _anchors = new(StringComparer.Ordinal);

    private int _depth;
    private long _weight;

    private YamlReader(string text, ErrorList errors)
    {
        _parser = new Parser(new Scanner(new StringReader(text), skipComments: true));
        _errors = errors;
    }

    /// <returns>The document's value; null if the text has none.</returns>
    public static YamlValue? Read(string text, ErrorList errors) => new YamlReader(text, errors).ReadStream();

    private YamlValue? ReadStream()
    {
        Next();
        if (Next() is StreamEnd)
            return null;
        Next();
        var value = ReadValue();
        Next();
        if (Next() is not StreamEnd)
            _errors.AddUnsupported(PositionOf(_parser.Current!.Start), "a second YAML document (a `spec:` header)");
        return value;
    }

    private ParsingEvent Next()
    {
        try
        {
            if (_parser.MoveNext())
                return _parser.Current!;
        }
        catch (YamlException problem)
        {
            throw new YamlRefusedException(PositionOf(problem.Start), SyntaxMessage(problem));
        }
        catch (Exception problem) when (problem is ArgumentException or InvalidOperationException or FormatException or OverflowException or IndexOutOfRangeException)
        {
            // The parser lets some through for odd directives, tags and escapes; to the file's writer all are bad syntax.
            throw new YamlRefusedException(_parser.Current is { } last ? PositionOf(last.End) : Position.Start, InvalidYaml);
        }
        throw new YamlRefusedException(Position.Start, "(<unknown>): unexpected end of the file");
    }

    private static Position PositionOf(Mark mark) => new(Math.Max(1, (int)mark.Line), Math.Max(1, (int)mark.Column));

    /// <summary>In Psych's words: <c>(file): problem context at line 1 column 2</c>.</summary>
    private static string SyntaxMessage(YamlException problem)
    {
        var at = PositionOf(problem.Start);
        var text = problem.Message.TrimEnd('.');
        var comma = text.IndexOf(", ", StringComparison.Ordinal);
        if (text.StartsWith("While ", StringComparison.Ordinal) && comma > 0)
            text = $"{text[(comma + 2)..]} while {text["While ".Length..comma]}";
        return $"(<unknown>): {text} at line {at.Line} column {at.Column}";
    }

    /// <summary>Reads the value that begins at the parser's current event, and leaves it at the value's last one.</summary>
    private YamlValue ReadValue()
    {
        var node = _parser.Current!;
        var at = PositionOf(node.Start);
        if (node is AnchorAlias alias)
            return ReadAlias(alias, at);
        // The parser lets maps with half a pair through, as in "? a" in odd places.
        if (node is not NodeEvent { Anchor: var anchor })
            throw new YamlRefusedException(at, InvalidYaml);
        if (++_depth > PipelineLimits.MaxDepth)
            throw new YamlRefusedException(at, $"the file is nested more than {PipelineLimits.MaxDepth} levels deep");
        Charge(PipelineLimits.NodeWeight, at);
        if (!anchor.IsEmpty)
            _anchors[anchor.Value] = null;
        YamlValue value = node switch
        {
            Scalar scalar => ReadScalar(scalar, at),
            SequenceStart sequence => ReadSequence(sequence, at),
            MappingStart mapping => ReadMapping(mapping, at),
            _ => throw new YamlRefusedException(at, InvalidYaml),
        };
        if (!anchor.IsEmpty)
            _anchors[anchor.Value] = value;
        _depth--;
        return value;
    }

    private YamlValue ReadAlias(AnchorAlias alias, Position at)
    {
        if (!_anchors.TryGetValue(alias.Value.Value, out var value))
            throw new YamlRefusedException(at, $"(<unknown>): Unknown alias: {alias.Value.Value}");
        if (value is null)
            throw new YamlRefusedException(at, $"(<unknown>): the alias {alias.Value.Value} contains itself");
        Charge(value.Weight, at);
        return value;
    }

    private YamlScalar ReadScalar(Scalar scalar, Position at)
    {
        Charge(scalar.Value.Length, at);
        var tag = scalar.Tag.IsEmpty ? "" : scalar.Tag.Value;
        var isPlain = scalar.Style == ScalarStyle.Plain;
        switch (tag)
        {
            case "" when !isPlain:
            case "!":
            case "tag:yaml.org,2002:str":
                return new YamlScalar(at, YamlScalarKind.String, scalar.Value);
            case "":
            case "tag:yaml.org,2002:int" or "tag:yaml.org,2002:float" or "tag:yaml.org,2002:bool" or "tag:yaml.org,2002:null":
                if (PlainScalars.IsDate(scalar.Value))
                    _errors.Add(at, $"Tried to load unspecified class: Date (put {scalar.Value} in quotes)");
                var (kind, text) = PlainScalars.Resolve(scalar.Value);
                return new YamlScalar(at, kind, text);
            default:
                _errors.Add(at, $"the YAML tag {tag} is not known here");
                return new YamlScalar(at, YamlScalarKind.String, scalar.Value);
        }
    }

    private YamlValue ReadSequence(SequenceStart sequence, Position at)
    {
        var items = new List<YamlValue>();
        while (Next() is not SequenceEnd)
            items.Add(ReadValue());
        var tag = sequence.Tag.IsEmpty ? "" : sequence.Tag.Value;
        if (tag == ReferenceTag)
            return ReferenceTo(items, at);
        if (tag is not ("" or "!" or "tag:yaml.org,2002:seq"))
            _errors.Add(at, $"the YAML tag {tag} is not known here");
        return new YamlList(at, items);
    }

    private YamlValue ReferenceTo(List<YamlValue> items, Position at)
    {
        if (items.Count > 0 && items.All(item => item is YamlScalar))
            return new YamlReference(at, [.. items.Cast<YamlScalar>().Select(item => item.Text)]);
        _errors.Add(at, "!reference should be a list of keys, as in !reference [job, script]");
        return new YamlList(at, []);
    }

    private YamlMap ReadMapping(MappingStart mapping, Position at)
    {
        var tag = mapping.Tag.IsEmpty ? "" : mapping.Tag.Value;
        if (tag is not ("" or "!" or "tag:yaml.org,2002:map"))
            _errors.Add(at, $"the YAML tag {tag} is not known here");
        var map = new YamlMapBuilder(_errors);
        while (Next() is not MappingEnd)
        {
            var isMerge = _parser.Current is Scalar { Value: "<<", Style: ScalarStyle.Plain };
            var key = ReadValue();
            Next();
            var value = ReadValue();
            if (isMerge)
                map.Merge(value, weight => Charge(weight, key.At));
            else if (key is YamlScalar { Text: var text })
                map.Add(text, key.At, value);
            else
                _errors.Add(key.At, "a key should be a plain word or a string");
        }
        return map.Build(at);
    }

    /// <summary>Counts what is read, aliases and merges as if they were written out, before the memory is taken.</summary>
    private void Charge(long weight, Position at)
    {
        _weight += weight;
        if (_weight > PipelineLimits.MaxExpandedWeight)
            throw YamlRefusedException.TooLarge(at);
    }
}

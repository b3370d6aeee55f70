using System.Globalization;
using System.Text;

namespace Berth.Pipelines.Expressions;

/// <summary>
/// Writes a pattern of RE2's syntax (github.com/google/re2/wiki/Syntax) in .NET's, so that it means the same: <c>\d</c>,
/// <c>\w</c> and <c>\s</c> are ASCII, <c>$</c> is the very end, <c>[</c> in a class is a character. Refuses what RE2 refuses.
/// </summary>
internal sealed class Re2Syntax
{
    /// <summary>
    /// The ASCII classes as ranges, and what is outside of them, both for use within brackets. Each ends with a range, so that
    /// a <c>-</c> behind it stays a character.
    /// </summary>
    private static readonly Dictionary<char, string> Classes = new()
    {
        ['d'] = "0-9",
        ['D'] = @"\u0000-/:-\uffff",
        ['s'] = @"\t\n\f\r -\u0020",
        ['S'] = @"\u0000-\u0008\u000b\u000e-\u001f!-\uffff",
        ['w'] = "0-9A-Z_a-z",
        ['W'] = @"\u0000-/:-@\[-\^`{-\uffff",
    };

    private static readonly Dictionary<string, string> PosixClasses = new(StringComparer.Ordinal)
    {
        ["alnum"] = "0-9A-Za-z",
        ["alpha"] = "A-Za-z",
        ["ascii"] = @"\u0000-\u007f",
        ["blank"] = @"\t -\u0020",
        ["cntrl"] = @"\u007f\u0000-\u001f",
        ["digit"] = "0-9",
        ["graph"] = "!-~",
        ["lower"] = "a-z",
        ["print"] = " -~",
        ["punct"] = @"!-/:-@\[-`{-~",
        ["space"] = @"\t\n\v\f\r -\u0020",
        ["upper"] = "A-Z",
        ["word"] = "0-9A-Z_a-z",
        ["xdigit"] = "0-9A-Fa-f",
    };

    private readonly string _pattern;
    private readonly bool _isMultiline;
    private readonly StringBuilder _output = new();

    /// <summary>For each open group, the most repetitions within it; nested ones multiply.</summary>
    private readonly Stack<int> _groups = new([1]);

    private int _at;
    private int _lastAtom = 1;

    private Re2Syntax(string pattern, bool isMultiline)
    {
        _pattern = pattern;
        _isMultiline = isMultiline;
    }

    /// <returns>Null if RE2 would not take the pattern (.NET may still refuse what comes out).</returns>
    public static string? Translate(string pattern, bool isMultiline)
    {
        var syntax = new Re2Syntax(pattern, isMultiline);
        while (syntax._at < pattern.Length)
        {
            if (!syntax.Next())
                return null;
        }
        return syntax._groups.Count == 1 ? syntax._output.ToString() : null;
    }

    private bool Next()
    {
        var c = _pattern[_at++];
        switch (c)
        {
            case '\\':
                _lastAtom = 1;
                return Escape(isInClass: false);
            case '[':
                _lastAtom = 1;
                return Class();
            case '(':
                return OpenGroup();
            case ')':
                return CloseGroup();
            case '{':
                return Repetition();
            case '$':
                // Without the m flag .NET's $ would also match before a last line end.
                _output.Append(_isMultiline ? "$" : @"\z");
                return true;
            case '#' or ' ':
                _output.Append('\\').Append(c);
                _lastAtom = 1;
                return true;
            case '*' or '+' or '?' or '|' or '^' or '.':
                _output.Append(c);
                return true;
            default:
                _output.Append(c);
                _lastAtom = 1;
                return true;
        }
    }

    private bool OpenGroup()
    {
        _groups.Push(1);
        if (_at >= _pattern.Length || _pattern[_at] != '?')
        {
            // Captures are of no use here, and a plain group is what both engines do best.
            _output.Append("(?:");
            return true;
        }
        var rest = _pattern.AsSpan(_at + 1);
        if (rest.StartsWith("P<") || rest.StartsWith("<") && rest.Length > 1 && rest[1] is not ('=' or '!'))
        {
            var start = rest[0] == 'P' ? 2 : 1;
            var end = rest.IndexOf('>');
            if (end <= start || rest[start..end].ContainsAnyExcept("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_"))
                return false;
            _at += end + 2;
            _output.Append("(?:");
            return true;
        }
        return InlineFlags();
    }

    /// <summary><c>(?i)</c>, <c>(?i-s:…)</c>. An m here would need the meaning of <c>$</c> tracked; nobody writes it, so it is refused.</summary>
    private bool InlineFlags()
    {
        var flags = new StringBuilder();
        for (_at++; _at < _pattern.Length; _at++)
        {
            var c = _pattern[_at];
            if (c is 'i' or 's' or '-')
                flags.Append(c);
            else if (c is ':' or ')')
                break;
            else if (c != 'U')
                return false;
        }
        if (_at >= _pattern.Length)
            return false;
        var isGroup = _pattern[_at++] == ':';
        var text = flags.ToString().TrimEnd('-');
        if (isGroup)
            _output.Append("(?").Append(text).Append(':');
        else
        {
            _groups.Pop();
            if (text.Length > 0)
                _output.Append("(?").Append(text).Append(')');
        }
        return true;
    }

    private bool CloseGroup()
    {
        if (_groups.Count == 1)
            return false;
        _lastAtom = _groups.Pop();
        _groups.Push(Math.Max(_groups.Pop(), _lastAtom));
        _output.Append(')');
        return true;
    }

    /// <summary><c>{n}</c>, <c>{n,}</c>, <c>{n,m}</c>; any other brace is a character.</summary>
    private bool Repetition()
    {
        var end = _pattern.IndexOf('}', _at);
        var body = end < 0 ? "" : _pattern[_at..end];
        var parts = body.Split(',');
        if (parts.Length > 2 || !IsNumber(parts[0]) || parts.Length == 2 && parts[1] != "" && !IsNumber(parts[1]))
        {
            _output.Append(@"\{");
            _lastAtom = 1;
            return true;
        }
        foreach (var part in parts.Where(part => part != ""))
        {
            if (part.Length > 4 || int.Parse(part, CultureInfo.InvariantCulture) * (long)_lastAtom > PipelineLimits.MaxRegexRepetitions)
                return false;
        }
        var most = Math.Max(1, parts.Where(part => part != "").Max(part => int.Parse(part, CultureInfo.InvariantCulture)));
        _groups.Push(Math.Max(_groups.Pop(), most * _lastAtom));
        _output.Append('{').Append(body).Append('}');
        _at = end + 1;
        return true;
    }

    private static bool IsNumber(string text) => text.Length > 0 && text.All(char.IsAsciiDigit);

    private bool Class()
    {
        _output.Append('[');
        if (_at < _pattern.Length && _pattern[_at] == '^')
            _output.Append(_pattern[_at++]);
        for (var isFirst = true; _at < _pattern.Length; isFirst = false)
        {
            var c = _pattern[_at++];
            switch (c)
            {
                case ']' when !isFirst:
                    _output.Append(']');
                    return true;
                case '\\':
                    if (!Escape(isInClass: true))
                        return false;
                    break;
                case '[' when _at < _pattern.Length && _pattern[_at] == ':':
                    var end = _pattern.IndexOf(":]", _at + 1, StringComparison.Ordinal);
                    if (end < 0 || !PosixClasses.TryGetValue(_pattern[(_at + 1)..end], out var range))
                        return false;
                    _output.Append(range);
                    _at = end + 2;
                    break;
                case '[' or ']' or '^':
                    _output.Append('\\').Append(c);
                    break;
                default:
                    _output.Append(c);
                    break;
            }
        }
        return false;
    }

    private bool Escape(bool isInClass)
    {
        if (_at >= _pattern.Length)
            return false;
        var c = _pattern[_at++];
        if (Classes.TryGetValue(c, out var range))
        {
            _output.Append(isInClass ? range : $"[{range}]");
            return true;
        }
        switch (c)
        {
            case 'b' or 'B' or 'A' or 'z' when !isInClass:
            case 'a' or 'f' or 'n' or 'r' or 't' or 'v':
                _output.Append('\\').Append(c);
                return true;
            case 'Q' when !isInClass:
                return Quoted();
            case 'p' or 'P':
                return Category(c);
            case 'x':
                return Hex();
            case '/':
                _output.Append('/');
                return true;
            default:
                if (!char.IsAscii(c) || char.IsAsciiLetterOrDigit(c))
                    return false;
                _output.Append('\\').Append(c);
                return true;
        }
    }

    private bool Quoted()
    {
        var end = _pattern.IndexOf(@"\E", _at, StringComparison.Ordinal);
        var text = end < 0 ? _pattern[_at..] : _pattern[_at..end];
        foreach (var c in text)
            _output.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
        _at = end < 0 ? _pattern.Length : end + 2;
        return true;
    }

    private bool Category(char c)
    {
        if (_at >= _pattern.Length)
            return false;
        var end = _pattern[_at] == '{' ? _pattern.IndexOf('}', _at) : _at;
        if (end < 0)
            return false;
        var name = _pattern[_at..(end + 1)].Trim('{', '}');
        _output.Append('\\').Append(c).Append('{').Append(name).Append('}');
        _at = end + 1;
        return true;
    }

    private bool Hex()
    {
        var isBraced = _at < _pattern.Length && _pattern[_at] == '{';
        var end = isBraced ? _pattern.IndexOf('}', _at) : _at + 2;
        if (end < 0 || end > _pattern.Length)
            return false;
        var digits = isBraced ? _pattern[(_at + 1)..end] : _pattern[_at..end];
        if (!int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code) || code is < 0 or > 0xffff)
            return false;
        _output.Append(CultureInfo.InvariantCulture, $"\\u{code:x4}");
        _at = isBraced ? end + 1 : end;
        return true;
    }
}

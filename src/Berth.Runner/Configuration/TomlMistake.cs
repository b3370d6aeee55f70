using System.Text.RegularExpressions;
using Tomlyn.Syntax;

namespace Berth.Runner.Configuration;

/// <summary>
/// Says what is wrong with a file that is no TOML. The commonest mistake has its own words: instructions write
/// <c>token = TOKEN</c> as a placeholder, and people keep the missing quotes.
/// </summary>
internal static partial class TomlMistake
{
    public static string Describe(string text, string file, DiagnosticsBag diagnostics)
    {
        var first = diagnostics[0];
        foreach (var message in diagnostics)
        {
            if (message.Kind == DiagnosticMessageKind.Error)
            {
                first = message;
                break;
            }
        }
        var start = first.Span.Start;
        var lines = text.Split('\n');
        var line = start.Line < lines.Length ? lines[start.Line].TrimEnd('\r') : "";
        var unquoted = Unquoted().Match(line);
        if (unquoted.Success && !IsValue(unquoted.Groups["value"].Value))
        {
            var value = unquoted.Groups["value"];
            return $"{file}:{start.Line + 1}:{value.Index + 1}: the value of {unquoted.Groups["key"].Value} has no quotes; "
                + $"put it in quotes: {unquoted.Groups["key"].Value} = \"{value.Value}\"";
        }
        return $"{file}:{start.Line + 1}:{start.Column + 1}: this is not well-formed TOML: {first.Message}";
    }

    /// <summary>Numbers and truth values need no quotes: whatever is wrong with such a line, it isn't that.</summary>
    private static bool IsValue(string text) => text is "true" or "false" || char.IsAsciiDigit(text[0]) && !text.Any(char.IsAsciiLetter);

    [GeneratedRegex("""^\s*(?<key>[A-Za-z0-9_-]+)\s*=\s*(?<value>[^\s"'\[\]{}#][^\s"'#]*)\s*(#.*)?$""", RegexOptions.NonBacktracking)]
    private static partial Regex Unquoted();
}

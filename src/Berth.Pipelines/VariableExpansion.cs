using System.Text;
using System.Text.RegularExpressions;

namespace Berth.Pipelines;

/// <summary>
/// The two ways in which GitLab expands variables in values: the server's, which puts references in order first, and the
/// runner's single pass.
/// </summary>
public static partial class VariableExpansion
{
    /// <summary>
    /// The runner's (Go's <c>os.Expand</c>): <c>$A</c> and <c>${A}</c> become the value, an unknown one and the shell's own
    /// (<c>$1</c>, <c>$?</c>) become empty, <c>$$</c> becomes <c>$</c>. What is put in is not looked at again.
    /// </summary>
    public static string Expand(string text, Func<string, string?> lookup)
    {
        if (!text.Contains('$'))
            return text;
        var expanded = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length;)
        {
            if (text[at] != '$' || at + 1 == text.Length)
            {
                expanded.Append(text[at++]);
                continue;
            }
            at++;
            var (name, width) = NameAt(text.AsSpan(at));
            at += width;
            if (width == 0)
                expanded.Append('$');
            else if (name == "$")
                expanded.Append('$');
            else if (name.Length > 0)
                expanded.Append(lookup(name));
        }
        return expanded.ToString();
    }

    /// <summary>The runner's pass over a list: each value by the list's unexpanded ones, the last of a key winning; raw ones stay.</summary>
    public static IReadOnlyList<VariableDefinition> ExpandOnce(IReadOnlyList<VariableDefinition> variables)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var variable in variables)
            values[variable.Key] = variable.Value;
        return [.. variables.Select(variable => variable.Raw ? variable : variable with { Value = Expand(variable.Value, values.GetValueOrDefault) })];
    }

    /// <summary>
    /// The server's: references to other variables of the list are resolved, nested ones too, one variable per key (the last).
    /// <c>$$</c>, unknown names and references to raw variables are left for the runner, and so are those to names of which
    /// <paramref name="isLeftToRunner"/> is true, as variables of files.
    /// </summary>
    public static ExpandedVariables ExpandNested(IReadOnlyList<VariableDefinition> variables, Func<string, bool>? isLeftToRunner = null) =>
        NestedExpansion.Expand(variables, variable => variable.Raw || isLeftToRunner?.Invoke(variable.Key) == true);

    /// <summary>The name behind a <c>$</c> and how many characters it takes with its braces; of <c>${</c> that never closes, only the brace is eaten.</summary>
    private static (string Name, int Width) NameAt(ReadOnlySpan<char> text)
    {
        if (text[0] == '{')
        {
            var end = text.IndexOf('}');
            return end < 0 ? ("", 1) : (text[1..end].ToString(), end + 1);
        }
        if (text[0] == '$')
            return ("$", 1);
        if (text[0] is '*' or '#' or '@' or '!' or '?' or '-' || char.IsAsciiDigit(text[0]))
            return ("", 1);
        var width = 0;
        while (width < text.Length && (char.IsAsciiLetterOrDigit(text[width]) || text[width] == '_'))
            width++;
        return (text[..width].ToString(), width);
    }

    /// <summary>What the server takes for a reference, or for two signs that stay.</summary>
    [GeneratedRegex(@"\$\$|%%|\$(?<key>[A-Za-z_][A-Za-z0-9_]*)|\$\{(?<key>[A-Za-z_][A-Za-z0-9_]*)\}|%(?<key>[A-Za-z_][A-Za-z0-9_]*)%", RegexOptions.ExplicitCapture)]
    internal static partial Regex ReferencePattern();
}

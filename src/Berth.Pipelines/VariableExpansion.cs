using System.Text;
using System.Text.RegularExpressions;

namespace Berth.Pipelines;

/// <summary>
/// The two ways in which GitLab expands variables in values: the server's, which puts references in order first, and the
/// runner's single pass.
/// </summary>
public static partial class VariableExpansion
{
    /// <summary>Gitlab-runner gives these nothing, whatever variable has such a name: they are the shell's.</summary>
    private const string ShellsOwn = "*#@!?0123456789";

    /// <summary>
    /// The runner's (Go's <c>os.Expand</c>): <c>$A</c> and <c>${A}</c> become the value, an unknown one and the shell's own
    /// (<c>$1</c>, <c>${1}</c>, <c>$?</c>) become empty, <c>$$</c> becomes <c>$</c>, a dollar before anything else stays. What is put
    /// in is not looked at again.
    /// </summary>
    public static string Expand(string text, Func<string, string?> lookup)
    {
        var at = text.IndexOf('$', StringComparison.Ordinal);
        if (at < 0)
            return text;
        var expanded = new StringBuilder(text.Length);
        var copied = 0;
        for (; at >= 0 && at + 1 < text.Length; at = text.IndexOf('$', copied))
        {
            expanded.Append(text, copied, at - copied);
            var (name, width) = NameAt(text.AsSpan(at + 1));
            if (width == 0)
                expanded.Append('$');
            else if (name.Length > 0)
                expanded.Append(Value(name, lookup));
            copied = at + 1 + width;
        }
        return expanded.Append(text, copied, text.Length - copied).ToString();
    }

    /// <summary>
    /// The server's: references to other variables of the list are resolved, nested ones too, one variable per key (the last).
    /// <c>$$</c>, unknown names and references to raw variables are left for the runner, and so are those to names of which
    /// <paramref name="isLeftToRunner"/> is true, as variables of files.
    /// </summary>
    public static ExpandedVariables ExpandNested(IReadOnlyList<VariableDefinition> variables, Func<string, bool>? isLeftToRunner = null) =>
        NestedExpansion.Expand(variables, variable => variable.Raw || isLeftToRunner?.Invoke(variable.Key) == true);

    private static string? Value(string name, Func<string, string?> lookup) => name switch
    {
        "$" => "$",
        [var only] when ShellsOwn.Contains(only) => "",
        _ => lookup(name),
    };

    /// <summary>The name behind a <c>$</c> and how many characters it takes with its braces; of <c>${</c> that never closes, only the brace is eaten.</summary>
    private static (string Name, int Width) NameAt(ReadOnlySpan<char> text)
    {
        if (text[0] == '{')
        {
            var end = text.IndexOf('}');
            return end < 0 ? ("", 1) : (text[1..end].ToString(), end + 1);
        }
        if (text[0] is '$' or '-' || ShellsOwn.Contains(text[0]))
            return (text[..1].ToString(), 1);
        var width = 0;
        while (width < text.Length && (char.IsAsciiLetterOrDigit(text[width]) || text[width] == '_'))
            width++;
        return (text[..width].ToString(), width);
    }

    /// <summary>What the server takes for a reference, or for two signs that stay.</summary>
    [GeneratedRegex(@"\$\$|%%|\$(?<key>[A-Za-z_][A-Za-z0-9_]*)|\$\{(?<key>[A-Za-z_][A-Za-z0-9_]*)\}|%(?<key>[A-Za-z_][A-Za-z0-9_]*)%", RegexOptions.ExplicitCapture)]
    internal static partial Regex ReferencePattern();
}

using System.Text;

namespace Berth.Runner.Jobs;

/// <summary>
/// References to variables in values, by the rules of Go's <c>os.Expand</c> that gitlab-runner uses: <c>$NAME</c>, <c>${NAME}</c>;
/// unknown names give nothing, <c>$$</c> gives <c>$</c>, a dollar before anything else stays.
/// </summary>
internal static class VariableExpansion
{
    private const string SpecialNames = "*#$@!?-0123456789";

    public static string Expand(string text, Func<string, string?> value)
    {
        var at = text.IndexOf('$', StringComparison.Ordinal);
        if (at < 0)
            return text;
        var expanded = new StringBuilder(text.Length);
        var copied = 0;
        for (; at >= 0 && at + 1 < text.Length; at = text.IndexOf('$', copied))
        {
            expanded.Append(text, copied, at - copied);
            var (name, length) = Name(text.AsSpan(at + 1));
            if (name.Length > 0)
                expanded.Append(name == "$" ? "$" : value(name.ToString()));
            else if (length == 0)
                expanded.Append('$');
            copied = at + 1 + length;
        }
        return expanded.Append(text, copied, text.Length - copied).ToString();
    }

    /// <summary>The name after a dollar, and how many characters it takes; a broken brace takes characters and names nothing.</summary>
    private static (string Name, int Length) Name(ReadOnlySpan<char> rest)
    {
        if (rest[0] == '{')
        {
            var end = rest.IndexOf('}');
            return end switch { < 0 => ("", 1), 1 => ("", 2), _ => (rest[1..end].ToString(), end + 1) };
        }
        if (SpecialNames.Contains(rest[0]))
            return (rest[..1].ToString(), 1);
        var length = 0;
        while (length < rest.Length && (char.IsAsciiLetterOrDigit(rest[length]) || rest[length] == '_'))
            length++;
        return (rest[..length].ToString(), length);
    }
}

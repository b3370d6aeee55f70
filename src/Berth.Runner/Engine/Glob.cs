using System.Text;
using System.Text.RegularExpressions;

namespace Berth.Runner.Engine;

/// <summary>
/// Patterns as gitlab-runner's: <c>*</c> and <c>?</c> stay within a part of the path, <c>**</c> spans parts, <c>[a-z]</c> and
/// <c>{one,two}</c>.
/// </summary>
internal static class Glob
{
    /// <summary>Whether one of the patterns matches; no patterns allow everything.</summary>
    public static bool Allows(IReadOnlyList<string> patterns, string name) => patterns.Count == 0 || patterns.Any(pattern => ToRegex(pattern).IsMatch(name));

    public static Regex ToRegex(string pattern)
    {
        var regex = new StringBuilder(@"\A");
        var depth = 0;
        for (var i = 0; i < pattern.Length; i++)
        {
            var c = pattern[i];
            switch (c)
            {
                case '*' when i + 1 < pattern.Length && pattern[i + 1] == '*':
                    i++;
                    // **/ also stands for no part at all.
                    if (i + 1 < pattern.Length && pattern[i + 1] == '/')
                    {
                        i++;
                        regex.Append("(?:.*/)?");
                    }
                    else
                    {
                        regex.Append(".*");
                    }
                    break;
                case '*':
                    regex.Append("[^/]*");
                    break;
                case '?':
                    regex.Append("[^/]");
                    break;
                case '{':
                    depth++;
                    regex.Append("(?:");
                    break;
                case '}' when depth > 0:
                    depth--;
                    regex.Append(')');
                    break;
                case ',' when depth > 0:
                    regex.Append('|');
                    break;
                case '[' when pattern.IndexOf(']', i + 2) is > 0 and var end:
                    regex.Append(Class(pattern[(i + 1)..end]));
                    i = end;
                    break;
                case '\\' when i + 1 < pattern.Length:
                    regex.Append(Regex.Escape(pattern[++i].ToString()));
                    break;
                default:
                    regex.Append(Regex.Escape(c.ToString()));
                    break;
            }
        }
        regex.Append(')', depth).Append(@"\z");
        return new Regex(regex.ToString(), RegexOptions.NonBacktracking | RegexOptions.Singleline | RegexOptions.CultureInvariant);
    }

    private static string Class(string content)
    {
        var isNegated = content[0] is '!' or '^';
        var characters = (isNegated ? content[1..] : content).Replace("\\", @"\\", StringComparison.Ordinal).Replace("[", @"\[", StringComparison.Ordinal).Replace("^", @"\^", StringComparison.Ordinal);
        return $"[{(isNegated ? "^" : "")}{characters}]";
    }
}

using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;
using Berth.Pipelines.Expressions;

namespace Berth.Pipelines;

/// <summary>
/// A pattern of RE2's syntax and meaning that a whole name has to match, as GitLab's rules for tags have them. Matching takes time in
/// proportion to the name.
/// </summary>
public sealed class NamePattern
{
    private readonly Regex _regex;

    private NamePattern(Regex regex) => _regex = regex;

    /// <summary>A pattern between <c>\A</c> and <c>\z</c>.</summary>
    /// <param name="text">In RE2's syntax, at most <see cref="PipelineLimits.MaxRegexLength"/> characters.</param>
    /// <param name="groups">
    /// Whether the anchors hold for each side of a <c>|</c>. In GitLab they stand before the first and behind the last only, so its
    /// <c>a|b</c> takes all that begins with a or ends with b.
    /// </param>
    /// <param name="pattern">The pattern.</param>
    public static bool TryParse(string text, bool groups, [NotNullWhen(true)] out NamePattern? pattern)
    {
        pattern = null;
        if (text.Length > PipelineLimits.MaxRegexLength || Re2Syntax.Translate(text, isMultiline: false) is not { } translated)
            return false;
        try
        {
            var whole = Compile($@"\A(?:{translated})\z");
            // A pattern has to be one without the anchors: '*' behind one would be.
            pattern = new NamePattern(groups ? whole : Compile($@"\A{translated}\z"));
            return true;
        }
        catch (Exception refused) when (refused is ArgumentException or NotSupportedException)
        {
            // What .NET's engine without backtracking has not got, RE2 hasn't either: look-around, back references.
            return false;
        }
    }

    private static Regex Compile(string pattern) => new(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, PipelineLimits.MaxMatchTime);

    /// <exception cref="RegexMatchTimeoutException">It took longer than <see cref="PipelineLimits.MaxMatchTime"/>.</exception>
    public bool IsMatch(string name) => _regex.IsMatch(name);
}

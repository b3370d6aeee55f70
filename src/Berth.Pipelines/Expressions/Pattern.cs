using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace Berth.Pipelines.Expressions;

/// <summary>
/// A pattern as <c>/regex/flags</c> with RE2's syntax and meaning; matching takes time in proportion to the text.
/// </summary>
internal sealed class Pattern : IEquatable<Pattern>
{
    /// <summary>Ignore case; <c>.</c> also for line ends; <c>^</c> and <c>$</c> for each line; ungreedy, which changes no outcome here.</summary>
    public const string Flags = "ismU";

    private readonly string _source;
    private readonly Regex _regex;

    private Pattern(string source, Regex regex)
    {
        _source = source;
        _regex = regex;
    }

    /// <exception cref="RegexMatchTimeoutException">It took longer than <see cref="PipelineLimits.MaxMatchTime"/>.</exception>
    public bool IsMatch(string text) => _regex.IsMatch(text);

    /// <summary>Slashes around it, known flags behind.</summary>
    public static bool LooksLikeOne(string text) =>
        text.Length >= 2 && text[0] == '/' && text.LastIndexOf('/') is > 0 and var end && text.AsSpan(end + 1).IndexOfAnyExcept(Flags) < 0;

    public static bool TryParse(string text, [NotNullWhen(true)] out Pattern? pattern)
    {
        pattern = null;
        if (!LooksLikeOne(text) || text.Length > PipelineLimits.MaxRegexLength)
            return false;
        var end = text.LastIndexOf('/');
        var flags = text[(end + 1)..];
        if (Re2Syntax.Translate(text[1..end], isMultiline: flags.Contains('m')) is not { } translated)
            return false;
        var options = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;
        if (flags.Contains('i'))
            options |= RegexOptions.IgnoreCase;
        if (flags.Contains('s'))
            options |= RegexOptions.Singleline;
        if (flags.Contains('m'))
            options |= RegexOptions.Multiline;
        try
        {
            pattern = new Pattern(text, new Regex(translated, options, PipelineLimits.MaxMatchTime));
            return true;
        }
        catch (Exception refused) when (refused is ArgumentException or NotSupportedException)
        {
            // What .NET's engine without backtracking has not got, RE2 hasn't either: look-around, back references.
            return false;
        }
    }

    public bool Equals(Pattern? other) => other is not null && _source == other._source;

    public override bool Equals(object? obj) => Equals(obj as Pattern);

    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(_source);

    public override string ToString() => _source;
}

using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Berth.Pipelines;

namespace Berth.Server.Lifecycle;

/// <summary>Which tags of a repository are to be deleted, as GitLab's parameters say it. All parts are checked.</summary>
/// <param name="DeletePattern">In RE2's syntax, for whole names.</param>
/// <param name="KeepPattern">What stays; null for nothing.</param>
/// <param name="KeepNewest">How many of the newest stay.</param>
/// <param name="OlderThan">How old a tag has to be.</param>
internal sealed record TagDeletionRule(string DeletePattern, string? KeepPattern, long KeepNewest, TimeSpan OlderThan)
{
    /// <summary>The rule of a request's parameters, or what is wrong with one, in GitLab's words.</summary>
    public static bool TryParse(Func<string, string?> parameter, [NotNullWhen(true)] out TagDeletionRule? rule, [NotNullWhen(false)] out string? refusal)
    {
        (rule, refusal) = (null, null);
        var name = parameter("name_regex_delete") is null ? "name_regex" : "name_regex_delete";
        var keepText = parameter("name_regex_keep");
        if (parameter(name) is not { } delete)
            refusal = "name_regex_delete is missing, name_regex is missing";
        else if (!IsPattern(delete, groups: true))
            refusal = NotRe2(name);
        else if (keepText is not null && !IsPattern(keepText, groups: false))
            refusal = NotRe2("name_regex_keep");
        else if (!TryParseCount(parameter("keep_n"), out var keepNewest))
            refusal = "keep_n is invalid";
        else if (!TryParseAge(parameter("older_than"), out var age))
            refusal = "older_than is invalid: say it as 1h, 1d or 1month";
        else
            rule = new TagDeletionRule(delete, keepText, keepNewest, age);
        return rule is not null;
    }

    /// <summary>PostgreSQL takes no NUL.</summary>
    private static bool IsPattern(string text, bool groups) => !text.Contains('\0', StringComparison.Ordinal) && NamePattern.TryParse(text, groups, out _);

    private static bool TryParseCount(string? text, out long count)
    {
        count = 0;
        return string.IsNullOrEmpty(text) || long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count);
    }

    private static bool TryParseAge(string? text, out TimeSpan age)
    {
        age = TimeSpan.Zero;
        return string.IsNullOrEmpty(text) || Durations.TryParse(text, out age);
    }

    /// <summary>The words before the colon are GitLab's.</summary>
    private static string NotRe2(string name) => $"{name} is an invalid regexp: it is not of RE2's syntax, or has more than {PipelineLimits.MaxRegexLength} characters";
}

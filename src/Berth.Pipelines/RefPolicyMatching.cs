using Berth.Pipelines.Expressions;

namespace Berth.Pipelines;

/// <summary>Whether <c>only</c> or <c>except</c> holds (GitLab's lib/gitlab/ci/build/policy).</summary>
internal static class RefPolicyMatching
{
    private const string ProjectPath = "CI_PROJECT_PATH";

    /// <summary>Each given key holds by one of its items.</summary>
    public static bool HoldsByAll(this RefPolicy policy, PipelineContext context, Func<string, string?> lookup) =>
        (RefsHold(policy, context) ?? true) && (VariablesHold(policy, lookup) ?? true);

    /// <summary>One of the given keys holds by one of its items.</summary>
    public static bool HoldsByAny(this RefPolicy policy, PipelineContext context, Func<string, string?> lookup) =>
        (RefsHold(policy, context) ?? false) || (VariablesHold(policy, lookup) ?? false);

    private static bool? RefsHold(RefPolicy policy, PipelineContext context) => policy.Refs?.Any(item => RefHolds(item, context));

    private static bool? VariablesHold(RefPolicy policy, Func<string, string?> lookup) =>
        policy.Variables?.Any(text => ExpressionParser.TryParse(text, out var expression, out _) && expression.IsTrue(lookup));

    private static bool RefHolds(string item, PipelineContext context)
    {
        // In a pattern an @ belongs to the project only if the pattern is whole before it.
        var at = item.IndexOf('@');
        if (at >= 0 && (!item.StartsWith('/') || Pattern.LooksLikeOne(item[..at])))
        {
            if (!string.Equals(context.Variables.GetValueOrDefault(ProjectPath), item[(at + 1)..], StringComparison.OrdinalIgnoreCase))
                return false;
            item = item[..at];
        }
        if (Pattern.LooksLikeOne(item))
            return Pattern.TryParse(item, out var pattern) && pattern.IsMatch(context.Ref);
        return item switch
        {
            "tags" when context.IsTag => true,
            "branches" when !context.IsTag => true,
            _ => item == context.Ref || item == context.Source || item == Plural(context.Source),
        };
    }

    private static string Plural(string source) => source switch
    {
        "push" => "pushes",
        "merge_request_event" => "merge_requests",
        "external_pull_request_event" => "external_pull_requests",
        "web" or "api" or "external" or "chat" => source,
        _ => source + "s",
    };
}

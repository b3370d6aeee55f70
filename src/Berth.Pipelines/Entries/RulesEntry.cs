using System.Collections.Frozen;
using Berth.Pipelines.Expressions;
using Berth.Pipelines.Yaml;

namespace Berth.Pipelines.Entries;

/// <summary>rules of a job or of the workflow: maps, in lists up to ten deep (as <c>!reference</c> makes them).</summary>
internal static class RulesEntry
{
    private static readonly FrozenSet<string> JobKeys = FrozenSet.Create("if", "when", "allow_failure", "variables", "needs", "interruptible");
    private static readonly FrozenSet<string> WorkflowKeys = FrozenSet.Create("if", "when", "variables");
    private static readonly FrozenSet<string> UnsupportedKeys = FrozenSet.Create("changes", "exists", "start_in", "auto_cancel");

    public static IReadOnlyList<RuleDefinition>? Read(Entry entry, bool isWorkflow)
    {
        if (entry.Value is not YamlList list)
        {
            entry.Error("config should be an array containing hashes and arrays of hashes");
            return null;
        }
        var rules = new List<RuleDefinition>();
        Flatten(entry, list, rules, isWorkflow, 1);
        if (list.Items.Count == 0)
            entry.Error("config can't be blank");
        return rules;
    }

    private static void Flatten(Entry entry, YamlList list, List<RuleDefinition> rules, bool isWorkflow, int level)
    {
        foreach (var item in list.Items)
        {
            if (item is YamlMap)
                rules.Add(ReadRule(new Entry(item, $"{entry.Place}:rule", entry.Errors), isWorkflow));
            else if (item is YamlList nested && level < PipelineLimits.MaxListNesting)
                Flatten(entry, nested, rules, isWorkflow, level + 1);
            else
                entry.ErrorAt(item.At, "config should be an array containing hashes and arrays of hashes");
        }
    }

    private static RuleDefinition ReadRule(Entry entry, bool isWorkflow)
    {
        if (((YamlMap)entry.Value).Entries.Count == 0)
            entry.Error("config can't be blank");
        entry.CheckKeys(isWorkflow ? WorkflowKeys : JobKeys, UnsupportedKeys);
        return new RuleDefinition(
            entry.Child("if") is { } condition ? ReadExpression(entry, condition.Value, "if") : null,
            entry.Child("when") is { } when ? ReadWhen(entry, when, isWorkflow) : null,
            isWorkflow ? null : entry.Child("allow_failure")?.Boolean(),
            entry.Child("variables") is { } variables ? VariablesEntry.Read(variables, isGlobal: false) ?? [] : [],
            isWorkflow ? null : entry.Child("needs") is { } needs ? NeedsEntry.Read(needs) : null,
            isWorkflow ? null : entry.Child("interruptible")?.Boolean());
    }

    /// <returns>The text of a valid expression.</returns>
    public static string? ReadExpression(Entry entry, YamlValue value, string what)
    {
        var cause = "it should be a string";
        if (value is YamlScalar { Kind: YamlScalarKind.String, Text: var text } && ExpressionParser.TryParse(text, out _, out cause))
            return text;
        entry.ErrorAt(value.At, $"{what} invalid expression syntax ({cause})");
        return null;
    }

    private static JobWhen? ReadWhen(Entry rule, Entry when, bool isWorkflow)
    {
        switch (when.Text)
        {
            case "always":
                return JobWhen.Always;
            case "never":
                return JobWhen.Never;
            case "on_success" when !isWorkflow:
                return JobWhen.OnSuccess;
            case "on_failure" when !isWorkflow:
                return JobWhen.OnFailure;
            case "manual" when !isWorkflow:
                return JobWhen.Manual;
            case "delayed" when !isWorkflow:
                rule.Errors.AddUnsupported(when.At, $"{rule.Place} when: delayed");
                return null;
            default:
                rule.ErrorAt(when.At, $"when unknown value: {(when.Value as YamlScalar)?.Text}");
                return null;
        }
    }
}

using System.Collections.Frozen;
using Berth.Pipelines.Yaml;

namespace Berth.Pipelines.Entries;

/// <summary>A visible job of the file: what was read of it, and its map for the places of later errors.</summary>
internal sealed record JobEntry(JobDefinition Definition, Entry Source)
{
    private static readonly FrozenSet<string> Keys = FrozenSet.ToFrozenSet([
        "script", "variables", "stage", "extends", "rules", "only", "except", "when", "allow_failure", "needs", "dependencies",
        "environment", "inherit", .. SharedKeywords.Names]);

    private static readonly FrozenSet<string> UnsupportedKeys = FrozenSet.Create(
        "run", "hooks", "start_in", "cache", "parallel", "resource_group", "coverage", "release", "id_tokens", "secrets",
        "trigger", "publish", "pages", "manual_confirmation", "inputs", "identity", "type", "dast_configuration");

    private static readonly IReadOnlyList<string> DefaultOnlyRefs = ["branches", "tags"];

    /// <param name="source">The job's map, with <c>extends</c> and <c>!reference</c> worked in.</param>
    /// <param name="name">The job's name.</param>
    /// <param name="defaults">Of the file.</param>
    /// <param name="hasWorkflowRules">Without rules of either kind a job is only for branches and tags.</param>
    public static JobEntry Read(Entry source, string name, SharedKeywords defaults, bool hasWorkflowRules)
    {
        source.CheckKeys(Keys, UnsupportedKeys);
        var inherit = source.Child("inherit") is { } inheritance ? InheritEntry.Read(inheritance) : InheritEntry.Everything;
        var shared = SharedKeywords.Read(source).Or(defaults, inherit.Inherits);
        var allowFailure = source.Child("allow_failure") is { } given ? ReadAllowFailure(given) : default;
        var rules = source.Child("rules") is { } list ? RulesEntry.Read(list, isWorkflow: false) : null;
        if (rules is not null)
            CheckAgainstRules(source);
        var isLimited = rules is not null || hasWorkflowRules;
        return new JobEntry(new JobDefinition(name, source.Child("stage") is { } stage ? stage.TextOr("config should be a string") ?? "" : "test")
        {
            Image = shared.Image,
            Services = shared.Services ?? [],
            BeforeScript = shared.BeforeScript ?? [],
            Script = ReadScript(source),
            AfterScript = shared.AfterScript ?? [],
            Variables = source.Child("variables") is { } variables ? VariablesEntry.Read(variables, isGlobal: false) ?? [] : [],
            InheritedVariables = inherit.Variables,
            Tags = shared.Tags ?? [],
            When = source.Child("when") is { } when ? ReadWhen(source, when) : null,
            AllowFailure = allowFailure.Always,
            AllowFailureExitCodes = allowFailure.ExitCodes ?? [],
            Artifacts = shared.Artifacts,
            Dependencies = source.Child("dependencies")?.Texts(),
            Needs = source.Child("needs") is { } needs ? NeedsEntry.Read(needs) : null,
            Timeout = shared.Timeout,
            Retry = shared.Retry,
            Interruptible = shared.Interruptible ?? false,
            Environment = source.Child("environment") is { } environment ? EnvironmentEntry.Read(environment) : null,
            Rules = rules,
            Only = source.Child("only") is { } only ? WithDefaultRefs(RefPolicyEntry.Read(only)) : isLimited ? null : WithDefaultRefs(new RefPolicy(null, null)),
            Except = source.Child("except") is { } except ? RefPolicyEntry.Read(except) : null,
        }, source);
    }

    private static RefPolicy? WithDefaultRefs(RefPolicy? only) => only is null ? null : only with { Refs = only.Refs ?? DefaultOnlyRefs };

    private static IReadOnlyList<string> ReadScript(Entry source)
    {
        if (source.Child("script") is { } script)
            return ScriptEntry.ReadRequired(script) ?? [];
        // For the other two it has been said that Berth does not have them.
        if (source.Child("run") is null && source.Child("trigger") is null)
            source.Error("config should implement the script:, run:, or trigger: keyword");
        return [];
    }

    private static void CheckAgainstRules(Entry source)
    {
        foreach (var key in (ReadOnlySpan<string>)["only", "except"])
        {
            if (source.Child(key) is { } present)
                source.ErrorAt(present.At, $"config key may not be used with `rules`: {key}");
        }
    }

    private static JobWhen? ReadWhen(Entry job, Entry when)
    {
        switch (when.Text)
        {
            case "on_success":
                return JobWhen.OnSuccess;
            case "on_failure":
                return JobWhen.OnFailure;
            case "always":
                return JobWhen.Always;
            case "manual":
                return JobWhen.Manual;
            case "delayed":
                job.Errors.AddUnsupported(when.At, $"{job.Place} when: delayed");
                return null;
            default:
                job.ErrorAt(when.At, "when should be one of: on_success, on_failure, always, manual, delayed");
                return null;
        }
    }

    private static (bool? Always, IReadOnlyList<int>? ExitCodes) ReadAllowFailure(Entry entry)
    {
        if (entry.Value is not YamlMap)
            return (entry.Boolean("config should be a hash or a boolean value"), null);
        entry.CheckKeys(FrozenSet.Create("exit_codes"), FrozenSet<string>.Empty);
        if (entry.Child("exit_codes") is { } codes)
            return (false, codes.IntegerOrIntegers("should be an array of integers or an integer"));
        entry.Error("exit codes can't be blank");
        return (false, null);
    }
}

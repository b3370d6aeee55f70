using System.Collections.Frozen;
using Berth.Pipelines.Yaml;

namespace Berth.Pipelines.Entries;

/// <summary>The whole file: what is no keyword is a job, hidden if its name begins with a dot.</summary>
internal static class RootEntry
{
    /// <summary>Names at the root that are never jobs.</summary>
    public static readonly FrozenSet<string> Keywords = FrozenSet.Create(
        "default", "include", "before_script", "image", "services", "after_script", "variables", "stages", "cache", "workflow", "spec", "types");

    private static readonly FrozenSet<string> UnsupportedKeywords = FrozenSet.Create("include", "cache", "spec", "types");

    /// <summary>Ruby's words for nothing and for truth, which GitLab reserves.</summary>
    private static readonly FrozenSet<string> ReservedNames = FrozenSet.Create("true", "false", "nil");

    private static readonly FrozenSet<string> DefaultKeys = FrozenSet.Create(SharedKeywords.Names);
    private static readonly FrozenSet<string> UnsupportedDefaultKeys = FrozenSet.Create("cache", "hooks", "id_tokens", "identity");
    private static readonly FrozenSet<string> WorkflowKeys = FrozenSet.Create("rules");
    private static readonly FrozenSet<string> UnsupportedWorkflowKeys = FrozenSet.Create("name", "auto_cancel");

    public static PipelineDefinition Read(YamlMap root, ErrorList errors)
    {
        foreach (var entry in root.Entries.Where(entry => UnsupportedKeywords.Contains(entry.Key)))
            errors.AddUnsupported(entry.KeyAt, entry.Key);
        CheckExpandedSize(root);
        var stages = StagesEntry.Read(Child(root, "stages", errors));
        var defaults = ReadDefaults(root, errors);
        var variables = Child(root, "variables", errors) is { } given ? VariablesEntry.Read(given, isGlobal: true) ?? [] : [];
        var workflow = Child(root, "workflow", errors) is { } flow ? ReadWorkflow(flow) : null;
        var jobs = ReadJobs(root, defaults, workflow is not null, errors);
        JobChecks.Check(jobs, stages, errors);
        return new PipelineDefinition(stages, variables, [.. jobs.Select(job => job.Definition)], workflow);
    }

    private static Entry? Child(YamlMap root, string key, ErrorList errors) => root[key] is { } value ? new Entry(value, key, errors) : null;

    private static bool IsVisibleJob(YamlEntry entry) => !Keywords.Contains(entry.Key) && !entry.Key.StartsWith('.');

    /// <summary>Each job gets its own copy of the defaults and the variables, in memory and in the database.</summary>
    private static void CheckExpandedSize(YamlMap root)
    {
        var inherited = SharedKeywords.RootNames.Append("default").Append("variables").Sum(key => root[key]?.Weight ?? 0);
        if (root.Weight + root.Entries.Count(IsVisibleJob) * inherited > PipelineLimits.MaxExpandedWeight)
            throw YamlRefusedException.TooLarge(root.At);
    }

    private static SharedKeywords ReadDefaults(YamlMap root, ErrorList errors)
    {
        var given = SharedKeywords.RootNames.Where(name => root[name] is not null).ToList();
        var atRoot = new SharedKeywords
        {
            Image = Child(root, "image", errors) is { } image ? ImageEntry.Read(image) : null,
            Services = Child(root, "services", errors) is { } services ? ServicesEntry.Read(services) : null,
            BeforeScript = Child(root, "before_script", errors) is { } before ? ScriptEntry.Read(before) : null,
            AfterScript = Child(root, "after_script", errors) is { } after ? ScriptEntry.Read(after) : null,
        };
        if (Child(root, "default", errors) is not { } defaults)
            return atRoot;
        if (defaults.Value is not YamlMap map)
        {
            defaults.Error("config should be a hash");
            return atRoot;
        }
        defaults.CheckKeys(DefaultKeys, UnsupportedDefaultKeys);
        foreach (var name in given.Where(name => map[name] is not null))
            errors.Add(root.Find(name)!.Value.KeyAt, $"{name} is defined in top-level and `default:` entry");
        return SharedKeywords.Read(defaults).Or(atRoot, _ => true);
    }

    private static IReadOnlyList<RuleDefinition>? ReadWorkflow(Entry entry)
    {
        if (entry.Value is not YamlMap)
        {
            entry.Error("config should be a hash");
            return null;
        }
        entry.CheckKeys(WorkflowKeys, UnsupportedWorkflowKeys);
        return entry.Child("rules") is { } rules ? RulesEntry.Read(rules, isWorkflow: true) : null;
    }

    private static List<JobEntry> ReadJobs(YamlMap root, SharedKeywords defaults, bool hasWorkflowRules, ErrorList errors)
    {
        var visible = root.Entries.Where(IsVisibleJob).ToList();
        if (visible.Count == 0)
            errors.Add(root.At, "jobs config should contain at least one visible job");
        if (visible.Count > PipelineLimits.MaxJobs)
            errors.Add(visible[PipelineLimits.MaxJobs].KeyAt, $"jobs config should contain at most {PipelineLimits.MaxJobs} visible jobs, not {visible.Count}");
        var jobs = new List<JobEntry>();
        foreach (var (name, at, value) in visible.Take(PipelineLimits.MaxJobs))
        {
            var source = new Entry(value, $"jobs:{name}", errors);
            CheckName(source, name, at);
            if (value is YamlMap)
                jobs.Add(JobEntry.Read(source, name, defaults, hasWorkflowRules));
            else
                errors.Add(at, $"{source.Place} config should be a hash");
        }
        return jobs;
    }

    private static void CheckName(Entry job, string name, Position at)
    {
        if (string.IsNullOrWhiteSpace(name))
            job.ErrorAt(at, "name can't be blank");
        else if (name.Length > PipelineLimits.MaxJobNameLength)
            job.ErrorAt(at, $"name is too long (maximum is {PipelineLimits.MaxJobNameLength} characters)");
        else if (ReservedNames.Contains(name))
            job.ErrorAt(at, "name is reserved (put a word like yes or on in quotes to use it)");
        else if (name == "pages")
            job.Errors.AddUnsupported(at, "jobs:pages, a job that publishes pages,");
    }
}

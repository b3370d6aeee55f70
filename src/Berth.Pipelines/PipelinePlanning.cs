using System.Text.RegularExpressions;
using Berth.Pipelines.Entries;
using Berth.Pipelines.Expressions;

namespace Berth.Pipelines;

/// <summary>Decides which jobs of a definition a pipeline gets: workflow rules, then each job's rules or only and except, then its needs.</summary>
internal sealed class PipelinePlanning
{
    private const string Empty =
        "Pipeline will not run for the selected trigger. The rules configuration prevented any jobs from being added to the pipeline.";

    private readonly PipelineDefinition _definition;
    private readonly PipelineContext _context;

    /// <summary>The file's global variables, then those of the workflow rule.</summary>
    private IReadOnlyList<VariableDefinition> _globals;

    private PipelinePlanning(PipelineDefinition definition, PipelineContext context)
    {
        _definition = definition;
        _context = context;
        _globals = definition.Variables;
    }

    public static PlannedPipeline Plan(PipelineDefinition definition, PipelineContext context)
    {
        try
        {
            return new PipelinePlanning(definition, context).Plan();
        }
        catch (RegexMatchTimeoutException slow)
        {
            return Failed($"A regular expression of the rules takes longer than {slow.MatchTimeout.TotalSeconds:0} s: {slow.Pattern}");
        }
    }

    private static PlannedPipeline None(string reason) => new([], reason);

    private static PlannedPipeline Failed(string reason) => new([], reason) { IsFailure = true };

    private PlannedPipeline Plan()
    {
        if (_definition.WorkflowRules is { } rules)
        {
            var rule = FirstMatch(rules, Lookup(_globals));
            if (rule is null || rule.When == JobWhen.Never)
                return None("Pipeline filtered out by workflow rules.");
            _globals = Merge(_globals, rule.Variables);
        }
        var chosen = _definition.Jobs.Select(Choose).OfType<Choice>().ToList();
        if (chosen.TrueForAll(choice => choice.Job.Stage is StagesEntry.First or StagesEntry.Last))
            return None(Empty);
        if (chosen.Select(choice => ProblemOf(choice, chosen)).FirstOrDefault(problem => problem is not null) is { } problem)
            return Failed(problem);
        var stages = _definition.Stages.Where(stage => chosen.Exists(choice => choice.Job.Stage == stage)).ToList();
        var names = chosen.Select(choice => choice.Job.Name).ToHashSet(StringComparer.Ordinal);
        return new PlannedPipeline([.. chosen.Select(choice => Planned(choice, stages.IndexOf(choice.Job.Stage), names)).OrderBy(job => job.StageIndex)], null);
    }

    /// <summary>A job that is in the pipeline, by its rule if it has rules.</summary>
    private sealed record Choice(JobDefinition Job, RuleDefinition? Rule, IReadOnlyList<VariableDefinition> Variables)
    {
        public IReadOnlyList<NeedDefinition>? Needs => Rule?.Needs ?? Job.Needs;
    }

    private Choice? Choose(JobDefinition job)
    {
        var inherited = job.InheritedVariables is { } names ? [.. _globals.Where(variable => names.Contains(variable.Key))] : _globals;
        var variables = Merge(inherited, job.Variables);
        if (job.Rules is not { } rules)
            return IsForRef(job, variables) ? new Choice(job, null, variables) : null;
        var rule = FirstMatch(rules, Lookup(variables));
        return rule is null || rule.When == JobWhen.Never ? null : new Choice(job, rule, Merge(variables, rule.Variables));
    }

    private bool IsForRef(JobDefinition job, IReadOnlyList<VariableDefinition> variables)
    {
        if (job.Only is null && job.Except is null)
            return true;
        var lookup = Lookup(variables);
        return (job.Only?.HoldsByAll(_context, lookup) ?? true) && !(job.Except?.HoldsByAny(_context, lookup) ?? false);
    }

    private static RuleDefinition? FirstMatch(IReadOnlyList<RuleDefinition> rules, Func<string, string?> lookup) =>
        rules.FirstOrDefault(rule => rule.If is null || ExpressionParser.TryParse(rule.If, out var expression, out _) && expression.IsTrue(lookup));

    /// <summary>Values as rules see them: predefined ones below the file's, the overrides above, references resolved.</summary>
    private Func<string, string?> Lookup(IReadOnlyList<VariableDefinition> variables)
    {
        var all = _context.Variables.Select(pair => new VariableDefinition(pair.Key, pair.Value, Raw: true))
            .Concat(variables)
            .Concat(_context.Overrides.Select(pair => new VariableDefinition(pair.Key, pair.Value, Raw: true)));
        var values = new Lazy<Dictionary<string, string>>(() => NestedExpansion.Expand(all, _ => false).Variables
            .ToDictionary(variable => variable.Key, variable => variable.Value, StringComparer.Ordinal));
        return name => values.Value.GetValueOrDefault(name);
    }

    private static IReadOnlyList<VariableDefinition> Merge(IReadOnlyList<VariableDefinition> lower, IReadOnlyList<VariableDefinition> upper)
    {
        if (upper.Count == 0)
            return lower;
        var merged = new OrderedDictionary<string, VariableDefinition>(StringComparer.Ordinal);
        foreach (var variable in lower.Concat(upper))
            merged[variable.Key] = variable;
        return [.. merged.Values];
    }

    /// <summary>Why a chosen job makes the pipeline fail, in GitLab's words.</summary>
    private static string? ProblemOf(Choice choice, List<Choice> chosen)
    {
        foreach (var need in choice.Needs ?? [])
        {
            if (!need.Optional && !chosen.Exists(other => other.Job.Name == need.Job))
            {
                return $"'{choice.Job.Name}' job needs '{need.Job}' job, but '{need.Job}' does not exist in the pipeline. This might be "
                    + "because of the only, except, or rules keywords. To need a job that sometimes does not exist in the pipeline, use needs:optional.";
            }
        }
        return VariableExpansion.ExpandNested(choice.Variables).Error is { } error ? $"{choice.Job.Name}: {error}" : null;
    }

    private static PlannedJob Planned(Choice choice, int stageIndex, HashSet<string> names)
    {
        var (job, rule) = (choice.Job, choice.Rule);
        return new PlannedJob(
            job.Name,
            job.Stage,
            stageIndex,
            job.Image,
            job.Services,
            [.. job.BeforeScript, .. job.Script],
            job.AfterScript,
            choice.Variables,
            job.Tags,
            rule?.When ?? job.When ?? JobWhen.OnSuccess,
            rule?.AllowFailure ?? job.AllowFailure ?? job.When == JobWhen.Manual,
            job.AllowFailureExitCodes,
            job.Artifacts,
            job.Dependencies,
            choice.Needs is { } needs ? [.. needs.Where(need => names.Contains(need.Job))] : null,
            job.Timeout,
            job.Retry?.Max ?? 0,
            rule?.Interruptible ?? job.Interruptible,
            job.Environment)
        {
            RetryWhen = job.Retry?.When ?? [],
            RetryExitCodes = job.Retry?.ExitCodes ?? [],
        };
    }
}

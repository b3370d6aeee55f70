using Berth.Pipelines;
using Berth.Server.Configuration;

namespace Berth.Server.Ci;

/// <summary>
/// The variables of a job in GitLab's order of precedence, the last of a key winning: predefined ones, the file's, those of the user,
/// the project's, those given to the pipeline. References between them are resolved here, for the runner makes one pass only.
/// </summary>
internal static class JobVariables
{
    public static IReadOnlyList<JobVariable> Of(BerthSettings settings, JobContext context)
    {
        var pipeline = context.Pipeline;
        var asWanted = new NewPipeline(pipeline.ProjectId, pipeline.Ref, pipeline.IsTag != 0, pipeline.Sha, pipeline.BeforeSha, pipeline.Source, pipeline.UserId, false, new Dictionary<string, string>());
        var all = PredefinedVariables.OfPipeline(settings, context.Project, context.DefaultBranch, asWanted, pipeline.CommitMessage, pipeline.CommitAuthor, pipeline.CommitTime, pipeline.RefProtected != 0)
            .Concat(PredefinedVariables.OfJob(settings, context))
            .Concat(context.Job.Plan().Variables.Select(variable => new JobVariable(variable.Key, variable.Value, Raw: variable.Raw)))
            .Concat(PredefinedVariables.OfUser(context.User))
            .Concat(context.Variables);
        return Expand(LastOfEach(all));
    }

    private static List<JobVariable> LastOfEach(IEnumerable<JobVariable> variables)
    {
        var last = new OrderedDictionary<string, JobVariable>(StringComparer.Ordinal);
        foreach (var variable in variables)
        {
            // The winner also takes the later place, as the runner would see it.
            last.Remove(variable.Key);
            last.Add(variable.Key, variable);
        }
        return [.. last.Values];
    }

    private static List<JobVariable> Expand(List<JobVariable> variables)
    {
        var files = variables.Where(variable => variable.File).Select(variable => variable.Key).ToHashSet(StringComparer.Ordinal);
        var expanded = VariableExpansion.ExpandNested([.. variables.Select(variable => new VariableDefinition(variable.Key, variable.Value, variable.Raw))], files.Contains);
        var values = expanded.Variables.ToDictionary(variable => variable.Key, variable => variable.Value, StringComparer.Ordinal);
        return [.. variables.Select(variable => variable with { Value = values.GetValueOrDefault(variable.Key, variable.Value) })];
    }
}

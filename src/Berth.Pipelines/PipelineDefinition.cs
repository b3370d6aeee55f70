namespace Berth.Pipelines;

/// <summary>
/// A pipeline file that was understood: all stages with <c>.pre</c> first and <c>.post</c> last, the global variables, the
/// visible jobs in the order of the file, and the rules that decide whether there is a pipeline at all.
/// </summary>
public sealed record PipelineDefinition(
    IReadOnlyList<string> Stages,
    IReadOnlyList<VariableDefinition> Variables,
    IReadOnlyList<JobDefinition> Jobs,
    IReadOnlyList<RuleDefinition>? WorkflowRules)
{
    /// <summary>Decides which jobs run for one ref and event, and how (ci.md of GitLab: workflow rules, then rules, only and except).</summary>
    public PlannedPipeline Plan(PipelineContext context) => PipelinePlanning.Plan(this, context);
}

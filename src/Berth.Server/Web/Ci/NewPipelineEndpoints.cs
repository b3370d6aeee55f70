using Berth.Server.Access;
using Berth.Server.Access.Login;
using Berth.Server.Ci;
using Berth.Server.Configuration;

namespace Berth.Server.Web.Ci;

/// <summary>/GROUP/PROJECT/-/pipelines/new, as GitLab's: a pipeline by hand.</summary>
internal static class NewPipelineEndpoints
{
    /// <summary>Suggested; any other can be typed.</summary>
    private const int Refs = 200;

    public static void MapNewPipeline(this IEndpointRouteBuilder routes)
    {
        var run = new AccessRule.ProjectPage(AccessLevel.Developer);
        routes.MapGet("/{project}/-/pipelines/new", Show).WithMetadata(run);
        routes.MapPost("/{project}/-/pipelines", Create).WithMetadata(run, new RateLimited(RateLimitedWork.Pipeline));
    }

    private static async Task<IResult> Show(ProjectPageAccess access, ProjectPipelines pipelines, BerthSettings settings, TimeProvider time, CancellationToken cancellationToken)
    {
        var form = new FormView().With("ref", await pipelines.DefaultBranch(access.Project.Id, cancellationToken) ?? "");
        return await Answer(access, form, 200, pipelines, settings, time, cancellationToken);
    }

    private static async Task<IResult> Create(ProjectPageAccess access, HttpContext context, ProjectPipelines pipelines, BerthSettings settings, TimeProvider time)
    {
        var form = await FormView.Read(context);
        var reference = form["ref"].Trim();
        var (variables, refusal) = GivenVariables.Read(Lines(form));
        if (reference.Length == 0)
            form.Refuse("ref", "Name a branch or a tag.");
        if (refusal is not null)
            form.Refuse("variables", $"Variables: {refusal.Reason}.");
        if (form.IsGood)
        {
            switch (await pipelines.CreateOn(access.Project.Id, reference, "web", access.Caller.UserId!.Value, variables, context.RequestAborted))
            {
                case NewPipelineOutcome.Made made:
                    return PageResult.SeeOther($"/{access.Project.FullPath}/-/pipelines/{made.Pipeline.Id}");
                case NewPipelineOutcome.NoFile:
                    form.Refuse("ref", $"Its commit has no {PipelineStarter.ConfigPath}.");
                    break;
                case NewPipelineOutcome.Filtered filtered:
                    form.Refuse("ref", filtered.Message);
                    break;
                default:
                    form.Refuse("ref", "There is no branch and no tag that is called so.");
                    break;
            }
        }
        return await Answer(access, form, 422, pipelines, settings, time, context.RequestAborted);
    }

    /// <summary>NAME=value, one a line; a line without a sign is a name alone, and refused as one if it is none.</summary>
    private static IEnumerable<(string Key, string Value)> Lines(FormView form) => form["variables"].Split('\n').Select(line => line.TrimEnd('\r')).Where(line => !string.IsNullOrWhiteSpace(line))
        .Select(line => line.IndexOf('=', StringComparison.Ordinal) is >= 0 and var sign ? (line[..sign].Trim(), line[(sign + 1)..]) : (line.Trim(), ""));

    private static async Task<IResult> Answer(ProjectPageAccess access, FormView form, int status, ProjectPipelines pipelines, BerthSettings settings, TimeProvider time, CancellationToken cancellationToken) =>
        PageResult.Of<NewPipelinePage>(Viewer.Of(access.Session, time), new NewPipelineView(ProjectHeads.Of(access, settings, "pipelines"), form, await pipelines.Refs(access.Project.Id, Refs, cancellationToken)), status);
}

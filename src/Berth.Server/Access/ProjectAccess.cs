using Berth.Server.Access.Places;

namespace Berth.Server.Access;

/// <summary>
/// The right to call a route of the REST API that belongs to one project, and who calls. Only the authoriser makes it, out of a
/// decision that allowed it.
/// </summary>
internal sealed class ProjectAccess
{
    private ProjectAccess(ProjectRow project, AccessLevel role, Caller caller) => (Project, Role, Caller) = (project, role, caller);

    public ProjectRow Project { get; }

    /// <summary>The caller's role there; administrators count as owners.</summary>
    public AccessLevel Role { get; }

    public Caller Caller { get; }

    public static ProjectAccess Grant(Decision decision, ProjectRow project, AccessLevel role, Caller caller) => decision.Allowed
        ? new ProjectAccess(project, caller.IsAdmin ? AccessLevel.Owner : role, caller)
        : throw new InvalidOperationException("A refused decision opens no project.");

    public static ValueTask<ProjectAccess?> BindAsync(HttpContext context) => ValueTask.FromResult(context.Features.Get<ProjectAccess>());
}

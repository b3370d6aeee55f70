namespace Berth.Server.Access;

/// <summary>
/// The right to call a route of the REST API that belongs to one project, and who calls. Only the authoriser makes it, out of a
/// decision that allowed it.
/// </summary>
internal sealed class ProjectAccess
{
    private ProjectAccess(ProjectRow project, Caller caller, AccessLevel role) => (Project, Caller, Role) = (project, caller, role);

    public ProjectRow Project { get; }

    public Caller Caller { get; }

    /// <summary>The caller's own, inherited ones included; administrators may have none.</summary>
    public AccessLevel Role { get; }

    public static ProjectAccess Grant(Decision decision, ProjectRow project, Caller caller, AccessLevel role) => decision.Allowed
        ? new ProjectAccess(project, caller, role)
        : throw new InvalidOperationException("A refused decision opens no project.");

    public static ValueTask<ProjectAccess?> BindAsync(HttpContext context) => ValueTask.FromResult(context.Features.Get<ProjectAccess>());
}

namespace Berth.Server.Access;

/// <summary>
/// The right to see a page of one project, who looks (anonymous where it is public), and what else they may there. Only the
/// authoriser makes it, out of a decision that allowed it.
/// </summary>
internal sealed class ProjectPageAccess
{
    private ProjectPageAccess(ProjectRow project, AccessLevel role, Caller caller, Session? session) => (Project, Role, Caller, Session) = (project, role, caller, session);

    public ProjectRow Project { get; }

    public Caller Caller { get; }

    private AccessLevel Role { get; }

    /// <summary>Null for visitors who have not signed in.</summary>
    public Session? Session { get; }

    public bool SeesImages => Images(RegistryActions.Pull);

    public bool PushesImages => Images(RegistryActions.Push);

    public bool SeesPipelines => Has(AccessLevel.Reporter);

    /// <summary>May cancel, retry and start jobs.</summary>
    public bool RunsPipelines => Has(AccessLevel.Developer);

    public static ProjectPageAccess Grant(Decision decision, ProjectRow project, AccessLevel role, Caller caller, Session? session) => decision.Allowed
        ? new ProjectPageAccess(project, role, caller, session)
        : throw new InvalidOperationException("A refused decision opens no page.");

    public static ValueTask<ProjectPageAccess?> BindAsync(HttpContext context) => ValueTask.FromResult(context.Features.Get<ProjectPageAccess>());

    private bool Images(RegistryActions action) => Decision.InProject(Caller, Project.Facts, Role, action, Project.FullPath).Allowed;

    private bool Has(AccessLevel role) => Decision.InProjectApi(Caller, Project.Facts, Role, role).Allowed;
}

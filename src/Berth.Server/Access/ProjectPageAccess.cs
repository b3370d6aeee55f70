using Berth.Server.Access.Pages;
using Berth.Server.Access.Places;

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

    /// <summary>The project's images; null if the reader may not pull them.</summary>
    public ImagesAccess? Images => Decision.OfImages(Caller, Project.Facts, Role, AccessLevel.None) is { Allowed: true } pull ? ImagesAccess.Grant(pull, Project, Role, Caller) : null;

    public bool PushesImages => Decision.InProject(Caller, Project.Facts, Role, RegistryActions.Push, Project.FullPath).Allowed;

    public bool SeesPipelines => Has(AccessLevel.Reporter);

    public bool IsMember => Has(AccessLevel.Guest);

    /// <summary>May change settings and make tokens.</summary>
    public bool Maintains => Has(AccessLevel.Maintainer);

    public bool Owns => Has(AccessLevel.Owner);

    /// <summary>May cancel, retry and start jobs.</summary>
    public bool RunsPipelines => Has(AccessLevel.Developer);

    public static ProjectPageAccess Grant(Decision decision, ProjectRow project, AccessLevel role, Caller caller, Session? session) => decision.Allowed
        ? new ProjectPageAccess(project, role, caller, session)
        : throw new InvalidOperationException("A refused decision opens no page.");

    public static ValueTask<ProjectPageAccess?> BindAsync(HttpContext context) => ValueTask.FromResult(context.Features.Get<ProjectPageAccess>());

    private bool Has(AccessLevel role) => Decision.InProjectApi(Caller, Project.Facts, Role, role).Allowed;
}

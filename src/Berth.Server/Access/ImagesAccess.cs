using Berth.Server.Access.Places;

namespace Berth.Server.Access;

/// <summary>
/// The right to see the images of one project, who asks, and how much more they may: what pages and the REST API show and change of
/// images takes it. Only the authoriser makes it, out of a decision that allowed it.
/// </summary>
internal sealed class ImagesAccess
{
    private ImagesAccess(ProjectRow project, AccessLevel role, Caller caller) => (Project, Role, Caller) = (project, role, caller);

    public ProjectRow Project { get; }

    public Caller Caller { get; }

    private AccessLevel Role { get; }

    /// <summary>May delete and restore tags: GitLab's for Developers.</summary>
    public bool DeletesTags => Has(AccessLevel.Developer);

    /// <summary>May delete and restore repositories, and many tags by a rule: GitLab's for Maintainers.</summary>
    public bool DeletesRepositories => Has(AccessLevel.Maintainer);

    /// <summary>Sees which job pushed a tag.</summary>
    public bool SeesPipelines => Has(AccessLevel.Reporter);

    public static ImagesAccess Grant(Decision decision, ProjectRow project, AccessLevel role, Caller caller) => decision.Allowed
        ? new ImagesAccess(project, role, caller)
        : throw new InvalidOperationException("A refused decision opens no images.");

    public static ValueTask<ImagesAccess?> BindAsync(HttpContext context) => ValueTask.FromResult(context.Features.Get<ImagesAccess>());

    /// <summary>Throws unless the rule of the route let only such callers in: what changes images calls it first.</summary>
    public void Demand(AccessLevel role)
    {
        if (!Has(role))
            throw new InvalidOperationException("A route whose rule does not say so reached for a change of images.");
    }

    private bool Has(AccessLevel role) => Decision.OfImages(Caller, Project.Facts, Role, role).Allowed;
}

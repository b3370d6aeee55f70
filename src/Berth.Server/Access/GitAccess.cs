using Berth.Server.Access.Places;

namespace Berth.Server.Access;

/// <summary>
/// The right to read or to write the git repository of one project: the key to what is on disk. Only the authoriser makes it, out of
/// a decision that allowed what it grants.
/// </summary>
internal sealed class GitAccess
{
    private GitAccess(ProjectFacts project, Caller caller, GitActions action) => (Project, Caller, Action) = (project, caller, action);

    public ProjectFacts Project { get; }

    public long ProjectId => Project.Id;

    public Caller Caller { get; }

    public GitActions Action { get; }

    /// <summary>Makes the access, or throws if the decision refused: asking for it then is a fault of the program.</summary>
    public static GitAccess Grant(Decision decision, GitActions action, ProjectFacts project, Caller caller) => decision.Allowed
        ? new GitAccess(project, caller, action)
        : throw new InvalidOperationException("A refused decision opens no repository.");

    /// <summary>The access of this request, put there by the authoriser.</summary>
    public static ValueTask<GitAccess?> BindAsync(HttpContext context) => ValueTask.FromResult(context.Features.Get<GitAccess>());

    /// <summary>Throws unless <paramref name="action"/> is what was granted: what touches the repository calls it first.</summary>
    public void Demand(GitActions action)
    {
        if (Action != action)
            throw new InvalidOperationException($"A route with access to {Action} reached for {action}.");
    }
}

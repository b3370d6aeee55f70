using Berth.Oci;

namespace Berth.Server.Access;

/// <summary>Finds the facts that <see cref="Decision"/> needs for the path of a git repository, and asks it.</summary>
internal sealed class GitDecisions(ImageTargets targets)
{
    /// <param name="caller">Who asks.</param>
    /// <param name="path">NAMESPACE/PROJECT as the client wrote it, without the ending .git.</param>
    /// <param name="action">What is wanted.</param>
    /// <param name="cancellationToken">Ends the look-up.</param>
    public async ValueTask<(ImageTarget Target, Decision Decision)> Decide(Caller caller, string path, GitActions action, CancellationToken cancellationToken)
    {
        // A project's path is also the name of its first image, but for upper case.
        if (!RepositoryName.TryParse(path.ToLowerInvariant(), out var name))
            return (new ImageTarget.Nowhere(), (action == GitActions.Write ? Refused(path) : null) ?? Decision.NoGitRepository(caller, path));
        var target = await targets.Find(name, cancellationToken);
        return target switch
        {
            ImageTarget.InProject { Relative: "" } found =>
                (target, Decision.GitInProject(caller, found.Project, ImageTargets.RoleIn(found.Project, caller), action)),
            // The project gets the letters that the client wrote, upper case kept.
            ImageTarget.InNewProject { Relative: "" } wanted => (wanted with { ProjectPath = LastOf(path) }, InNewProject(caller, wanted.NamespaceOwnerId, path, action)),
            ImageTarget.BadProject bad => (target, InNewProject(caller, bad.NamespaceOwnerId, path, action)),
            _ => (target, Decision.NoGitRepository(caller, path)),
        };
    }

    /// <summary>What is wrong with a name that no project can have.</summary>
    private static Decision? Refused(string path) => path.Split('/') is [var owner, var project] && (Complaint(owner) ?? Complaint(project)) is { } complaint
        ? Decision.BadName($"no project can be at '{path}': {complaint}")
        : null;

    private static string? Complaint(string name) => NamespacePath.Refusal(name) is { } refusal ? $"'{name}' {refusal}" : null;

    private static Decision InNewProject(Caller caller, long? namespaceOwnerId, string path, GitActions action)
    {
        var decision = Decision.GitInNewProject(caller, namespaceOwnerId, path, action);
        return decision.Allowed && Refused(path) is { } refused ? refused : decision;
    }

    private static string LastOf(string path) => path[(path.LastIndexOf('/') + 1)..];
}

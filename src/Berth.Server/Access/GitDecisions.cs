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
            return (new ImageTarget.Nowhere(), Decision.NoGitRepository(caller, path));
        var target = await targets.Find(name, cancellationToken);
        return target switch
        {
            ImageTarget.InProject { Relative: "" } found =>
                (target, Decision.GitInProject(caller, found.Project, ImageTargets.RoleIn(found.Project, caller), action)),
            ImageTarget.InNewProject { Relative: "" } wanted => InNewProject(caller, wanted, path, action),
            _ => (target, Decision.NoGitRepository(caller, path)),
        };
    }

    /// <summary>The project would get the letters that the client wrote, upper case kept.</summary>
    private static (ImageTarget Target, Decision Decision) InNewProject(Caller caller, ImageTarget.InNewProject wanted, string path, GitActions action)
    {
        var project = path[(path.LastIndexOf('/') + 1)..];
        var decision = Decision.GitInNewProject(caller, wanted.NamespaceOwnerId, path, action);
        if (decision.Allowed && NamespacePath.Refusal(project) is { } refusal)
            decision = Decision.BadName($"no project can be made at '{path}': '{project}' {refusal}");
        return (wanted with { ProjectPath = project }, decision);
    }
}

using Berth.Oci;
using Berth.Server.Access.Places;
using Berth.Server.Access.Registry;

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
        if (await targets.Recall(name, caller, cancellationToken) is var (known, knownRole) && Decide(caller, known, knownRole, path, action) is { Decision.Hides: false } remembered)
            return remembered;
        var (target, role) = await targets.Read(name, caller, cancellationToken);
        return Decide(caller, target, role, path, action);
    }

    private static (ImageTarget Target, Decision Decision) Decide(Caller caller, ImageTarget target, AccessLevel role, string path, GitActions action) => target switch
    {
        ImageTarget.InProject { Relative: "" } found => (target, Decision.GitInProject(caller, found.Project, role, action)),
        // The project gets the letters that the client wrote, upper case kept.
        ImageTarget.InNewProject { Relative: "" } wanted => (wanted with { ProjectPath = LastOf(path) }, InNewProject(caller, wanted.Namespace, role, path, action)),
        ImageTarget.Left left => Decide(caller, left, role, path, action),
        ImageTarget.BadProject bad => (target, InNewProject(caller, bad.Namespace, role, path, action)),
        _ => (target, Decision.NoGitRepository(caller, path)),
    };

    /// <summary>By the old path is only fetched, by those who see the project; to others it is what it would be without its past.</summary>
    private static (ImageTarget Target, Decision Decision) Decide(Caller caller, ImageTarget.Left left, AccessLevel role, string path, GitActions action)
    {
        var decision = left.Found.Relative.Length > 0 ? null : Decision.GitInProject(caller, left.Found.Project, role, action);
        if (decision is null or { Hides: true })
            return Decide(caller, left.Otherwise, left.RoleOtherwise, path, action);
        return (left.Found, action == GitActions.Read ? decision : Decision.Moved(path, left.Found.Project.Path));
    }

    /// <summary>What is wrong with a name that no project can have.</summary>
    private static Decision? Refused(string path) => path.Contains('/', StringComparison.Ordinal) && path.Split('/').Select(Complaint).FirstOrDefault(found => found is not null) is { } complaint
        ? Decision.BadName($"no project can be at '{path}': {complaint}")
        : null;

    private static string? Complaint(string name) => NamespacePath.Refusal(name) is { } refusal ? $"'{name}' {refusal}" : null;

    private static Decision InNewProject(Caller caller, NamespaceFacts place, AccessLevel role, string path, GitActions action)
    {
        var decision = Decision.GitInNewProject(caller, place, role, path, action);
        return decision.Allowed && Refused(path) is { } refused ? refused : decision;
    }

    private static string LastOf(string path) => path[(path.LastIndexOf('/') + 1)..];
}

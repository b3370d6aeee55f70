using Berth.Oci;

namespace Berth.Server.Access.Registry;

/// <summary>Finds the facts that <see cref="Decision"/> needs for an image name, and asks it.</summary>
internal sealed class RegistryDecisions(ImageTargets targets)
{
    public async ValueTask<(ImageTarget Target, Decision Decision)> Decide(Caller caller, RepositoryName name, RegistryActions action, CancellationToken cancellationToken)
    {
        if (await targets.Recall(name, caller, cancellationToken) is var (known, knownRole) && Decide(caller, known, knownRole, name, action) is { Hides: false } remembered)
            return (known, remembered);
        // What is hidden is never answered out of memory: it costs what a name costs behind which nothing is.
        var (target, role) = await targets.Read(name, caller, cancellationToken);
        return target is ImageTarget.Left left ? Decide(caller, left, role, name, action) : (target, Decide(caller, target, role, name, action));
    }

    /// <summary>By the old name is only pulled, by those who see the project; to others the name is what it would be without its past.</summary>
    private static (ImageTarget Target, Decision Decision) Decide(Caller caller, ImageTarget.Left left, AccessLevel role, RepositoryName name, RegistryActions action)
    {
        var decision = Decision.InProject(caller, left.Found.Project, role, action, name.ToString());
        if (decision.Hides)
            return (left.Otherwise, Decide(caller, left.Otherwise, left.RoleOtherwise, name, action));
        return (left.Found, action == RegistryActions.Pull ? decision : Decision.Moved(name.ToString(), left.Found.Image));
    }

    public static Decision Decide(Caller caller, ImageTarget target, AccessLevel role, RepositoryName name, RegistryActions action)
    {
        var image = name.ToString();
        return target switch
        {
            ImageTarget.InProject found => Decision.InProject(caller, found.Project, role, action, image),
            ImageTarget.InNewProject wanted => Decision.InNewProject(caller, wanted.Namespace, role, action, image),
            ImageTarget.TooDeep deep => TooDeep(caller, deep, role, action, image),
            ImageTarget.BadProject bad => BadProject(caller, bad, role, action, image),
            ImageTarget.NoNamespace when caller.IsAnonymous => Decision.NotFound(caller, image),
            ImageTarget.NoNamespace => Decision.BadName(
                $"'{image}' is in no namespace: name images <namespace>/<project>, for example {caller.Username.ToLowerInvariant()}/{image}"),
            ImageTarget.Nowhere => Decision.NotFound(caller, image),
            _ => throw new ArgumentOutOfRangeException(nameof(target)),
        };
    }

    private static Decision BadProject(Caller caller, ImageTarget.BadProject bad, AccessLevel role, RegistryActions action, string image)
    {
        var visible = Decision.InNewProject(caller, bad.Namespace, role, action, image);
        return visible.Allowed ? Decision.BadName($"'{bad.Project}' cannot be a project: it {bad.Reason}") : visible;
    }

    private static Decision TooDeep(Caller caller, ImageTarget.TooDeep deep, AccessLevel role, RegistryActions action, string image)
    {
        var visible = deep.Project is { } project
            ? Decision.InProject(caller, project, role, action, image)
            : Decision.InNewProject(caller, deep.Namespace!, role, action, image);
        return visible.Allowed
            ? Decision.BadName($"'{image}' is too deep: at most two names may follow the project '{deep.ProjectPath}'")
            : visible;
    }
}

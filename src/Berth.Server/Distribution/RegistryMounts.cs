using Berth.Oci;
using Berth.Server.Access;

namespace Berth.Server.Distribution;

/// <summary>
/// Finds the repository that a mount names, as far as the caller may pull from it now and the token at hand covers that. No right, no such repository and no such
/// blob are one answer: an ordinary upload begins.
/// </summary>
internal sealed class RegistryMounts(RegistryDecisions decisions, ImageTargets targets)
{
    public async Task<RepositoryAccess?> FindSource(RepositoryAccess access, string from, CancellationToken cancellationToken)
    {
        if (!RepositoryName.TryParse(from, out var name))
            return null;
        var (target, decision) = await decisions.Decide(access.Caller, name, RegistryActions.Pull, cancellationToken);
        if (access.Token is { } token && !token.Covers(target, RegistryActions.Pull))
            return null;
        return decision.Allowed && target is ImageTarget.InProject found && await targets.FindRepository(found, cancellationToken) is { } id
            ? RepositoryAccess.Grant(decision, RegistryActions.Pull, id, found.Project, name, (access.Caller, access.Token))
            : null;
    }
}

using Berth.Oci;
using Berth.Server.Access;
using Berth.Server.Access.Registry;
using Berth.Server.Database;

namespace Berth.Server.Distribution;

/// <summary>
/// Finds the repository from which a blob is mounted, as far as the caller may pull from it now and the token at hand covers that. No right, no such repository and no such
/// blob are one answer: an ordinary upload begins.
/// </summary>
internal sealed class RegistryMounts(RegistryDecisions decisions, ImageTargets targets, MetadataDatabase database)
{
    /// <summary>Holders looked at where the client names none. Beyond, a blob that everyone has is pushed again, which costs little.</summary>
    private const int MaxHolders = 1000;

    /// <summary>Of them, those that are asked of the decision.</summary>
    private const int MaxOpenHolders = 10;

    /// <summary>The repository that the client names.</summary>
    public async Task<RepositoryAccess?> FindSource(RepositoryAccess access, string from, CancellationToken cancellationToken)
    {
        if (!RepositoryName.TryParse(from, out var name))
            return null;
        var (target, decision) = await decisions.Decide(access.Caller, name, RegistryActions.Pull, cancellationToken);
        return decision.Allowed && target is ImageTarget.InProject found && TokenCovers(access, found, name)
            && await targets.FindRepository(found, cancellationToken) is { } id
            ? RepositoryAccess.Grant(decision, RegistryActions.Pull, id, found.Project, name, (access.Caller, access.Token))
            : null;
    }

    /// <summary>Any repository that has the blob and that the caller may pull from; first those of the same project.</summary>
    public async Task<RepositoryAccess?> FindHolder(RepositoryAccess access, Digest digest, CancellationToken cancellationToken)
    {
        foreach (var name in await Holders(access, digest, cancellationToken))
        {
            if (await FindSource(access, name, cancellationToken) is { } source)
                return source;
        }
        return null;
    }

    private async Task<List<string>> Holders(RepositoryAccess access, Digest digest, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenRead(cancellationToken);
        var near = await connection.Query<string>(MountQueries.HolderInProject, new { project = access.Project.Id, digest = digest.ToBytes() }, cancellationToken);
        if (near.Count > 0)
            return near;
        var own = OwnImages.Of(access.Caller);
        return await connection.Query<string>(MountQueries.OpenHolders, new
        {
            ids = await connection.Query<long>(MountQueries.Holders, new { digest = digest.ToBytes(), limit = MaxHolders }, cancellationToken),
            all = access.Caller is { IsAdmin: true, Only: null } ? 1L : 0L,
            least = (long)(access.Caller.HasAccount ? Visibility.Internal : Visibility.Public),
            from = own?.From ?? "",
            end = own?.End ?? "",
            user = access.Caller.UserId,
            limit = MaxOpenHolders,
        }, cancellationToken);
    }

    /// <summary>
    /// Rights are a project's, so a token for one of its repositories serves for the others as a source; what everyone may pull needs
    /// no token; anything else the token has to name.
    /// </summary>
    private static bool TokenCovers(RepositoryAccess access, ImageTarget.InProject source, RepositoryName name) =>
        access.Token is not { } token
        || token.Covers(source, RegistryActions.Pull)
        || source.Project.Id == access.Project.Id
        || RegistryDecisions.Decide(Caller.Anonymous, source, AccessLevel.None, name, RegistryActions.Pull).Allowed;
}

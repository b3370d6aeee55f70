using Berth.Oci;
using Berth.Server.Access.Login;

namespace Berth.Server.Access.Registry;

/// <summary>
/// What a verified registry token says: a credential, and per repository name by ids what it was granted. Rights are decided
/// again on each request; the token only narrows them.
/// </summary>
internal sealed record RegistryToken(CredentialKind Kind, long CredentialId, long IssuedAt, long ExpiresAt, IReadOnlyList<RegistryGrant> Grants)
{
    /// <summary>Whether it was issued to list images.</summary>
    public bool CoversCatalog { get; init; }

    public bool Covers(ImageTarget target, RegistryActions action)
    {
        foreach (var grant in Grants)
        {
            if (grant.Covers(target, action))
                return true;
        }
        return false;
    }
}

/// <summary>
/// Actions on one repository. It is named by the project's id; where the project is yet to be made by the push, by the id of the
/// namespace and the project's path in it, so that the same token serves the rest of that push.
/// </summary>
internal sealed record RegistryGrant(RepositoryName Name, long? ProjectId, long? NamespaceId, string? ProjectPath, string Relative, RegistryActions Actions)
{
    public bool Covers(ImageTarget target, RegistryActions action) => Actions.HasFlag(action) && target switch
    {
        ImageTarget.InProject found when ProjectId is { } id => id == found.Project.Id && Relative == found.Relative,
        ImageTarget.InProject found => NamespaceId == found.Project.NamespaceId && Relative == found.Relative
            && found.Project.Path.AsSpan(found.Project.Path.LastIndexOf('/') + 1).Equals(ProjectPath, StringComparison.OrdinalIgnoreCase),
        ImageTarget.InNewProject wanted => ProjectId is null && NamespaceId == wanted.Namespace.Id && ProjectPath == wanted.ProjectPath && Relative == wanted.Relative,
        _ => false,
    };

    public static RegistryGrant For(RepositoryName name, ImageTarget target, RegistryActions actions) => target switch
    {
        ImageTarget.InProject found => new(name, found.Project.Id, null, null, found.Relative, actions),
        ImageTarget.InNewProject wanted => new(name, null, wanted.Namespace.Id, wanted.ProjectPath, wanted.Relative, actions),
        _ => throw new ArgumentException("Nothing is granted where no project can be.", nameof(target)),
    };
}

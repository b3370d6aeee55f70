using Berth.Server.Http;

namespace Berth.Server.Access;

/// <summary>Who may call a route: metadata that every route carries. A route without one is refused to everyone.</summary>
internal abstract record AccessRule
{
    private AccessRule()
    {
    }

    /// <summary>Whether people get here by a browser, by the session's cookie.</summary>
    public bool IsPage => this is Page or ProjectPage or PathPage or GroupPage or DeletedProjectPage;

    /// <summary>Everyone, without a credential; <paramref name="Why"/> says why that is right.</summary>
    internal sealed record Open(string Why) : AccessRule;

    /// <summary>Everyone with a valid credential or registry token: the ping of the registry protocol.</summary>
    internal sealed record RegistryPing : AccessRule;

    /// <summary>Those who may do <paramref name="Action"/> in the repository that the route names.</summary>
    /// <param name="Action">One action.</param>
    /// <param name="Creates">The call makes the repository, and in the caller's own namespace the project, if it is not there.</param>
    /// <param name="UploadSession">A call on an open upload: the token it began with serves until the upload's end, even expired.</param>
    /// <param name="EmptyIfMissing">A repository that nothing was pushed to is answered by the endpoint, which then gets no access.</param>
    internal sealed record Repository(RegistryActions Action, bool Creates = false, bool UploadSession = false, bool EmptyIfMissing = false) : AccessRule;

    /// <summary>Everyone with a valid credential, or a registry token for the catalog: the list of images, of which each sees their own part.</summary>
    internal sealed record RegistryCatalog : AccessRule;

    /// <summary>
    /// Git: those who may do <paramref name="Action"/> in the repository of the project that the route names; null is what the
    /// query's service asks for. Writing makes the project, in the caller's own namespace, if it is not there.
    /// </summary>
    internal sealed record Git(GitActions? Action) : AccessRule, IPlainErrors;

    /// <summary>The REST API: a credential with one of <paramref name="Scopes"/>; <paramref name="Admin"/>: of an administrator.</summary>
    internal sealed record Api(TokenScopes Scopes, bool Admin = false) : AccessRule;

    /// <summary>
    /// The REST API of the project that the route's {id} names, by number or path: a credential with one of <paramref name="Scopes"/>
    /// of someone with at least <paramref name="Role"/> there; None is whoever sees the project.
    /// </summary>
    internal sealed record Project(TokenScopes Scopes, AccessLevel Role) : AccessRule;

    /// <summary>
    /// The REST API of the deleted project whose number the route's {id} is, as long as it is kept: a credential with one of
    /// <paramref name="Scopes"/> of an Owner.
    /// </summary>
    internal sealed record DeletedProject(TokenScopes Scopes) : AccessRule;

    /// <summary>
    /// The REST API of the group that the route's {id} names, by number or path: a credential with one of <paramref name="Scopes"/>
    /// of someone with at least <paramref name="Role"/> there; None is whoever sees the group.
    /// </summary>
    internal sealed record Group(TokenScopes Scopes, AccessLevel Role) : AccessRule;

    /// <summary>
    /// The REST API of a project's images: a credential with one of <paramref name="Scopes"/>, of someone who may pull them and has at
    /// least <paramref name="Role"/> in the project (None: who may pull). The project is the route's {id}, by number or path. The token of
    /// a running job of that project serves too, in JOB-TOKEN, as far as its user may.
    /// </summary>
    /// <param name="Scopes">One of them.</param>
    /// <param name="Role">At least.</param>
    /// <param name="OfRepository">The route names a repository, {repository}, by its number, and no project.</param>
    /// <param name="Anonymous">Also for callers without a credential, as far as the project is public.</param>
    internal sealed record ProjectImages(TokenScopes Scopes, AccessLevel Role = AccessLevel.None, bool OfRepository = false, bool Anonymous = false) : AccessRule;

    /// <summary>
    /// A page for everyone who is signed in, or with <paramref name="Admin"/> for administrators; who is not signed in is sent to sign
    /// in. Forms carry the session's token.
    /// </summary>
    internal sealed record Page(bool Admin = false) : AccessRule;

    /// <summary>
    /// A page of the project that the route's {project} names: for those with at least a role there (None: whoever sees the project),
    /// or with <paramref name="Images"/> for those who also may pull its images. Whoever is not signed in sees what is public.
    /// </summary>
    internal sealed record ProjectPage(AccessLevel Role, bool Images = false) : AccessRule;

    /// <summary>
    /// The page at a path, which the route's {project} names: of a project, of a group, or of a user's namespace, for whoever sees it. A
    /// user's is for everyone with an account. Whoever is not signed in sees what is public.
    /// </summary>
    internal sealed record PathPage : AccessRule;

    /// <summary>
    /// A page of the group that the route's {group} names, for those with at least a role there (None: whoever sees it). Whoever is not
    /// signed in sees what is public.
    /// </summary>
    internal sealed record GroupPage(AccessLevel Role) : AccessRule;

    /// <summary>What a page does with the deleted project whose number the route's {id} is, as long as it is kept: for its Owners who are signed in.</summary>
    internal sealed record DeletedProjectPage : AccessRule;

    /// <summary>Those who can open the socket in the data directory: root and the user that runs Berth.</summary>
    internal sealed record AdminSocket : AccessRule;
}

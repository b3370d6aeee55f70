using Berth.Server.Access.Login;
using Berth.Server.Access.Places;

namespace Berth.Server.Access;

/// <summary>
/// The answer to "may this caller do this there", with the reason in words. Made by the pure functions here alone, and needed to
/// make a <see cref="RepositoryAccess"/> or a <see cref="GitAccess"/>: so no code reaches a repository that this table did not open.
/// </summary>
internal sealed class Decision
{
    private Decision(DecisionRule rule, string reason) => (Rule, Reason) = (rule, reason);

    public bool Allowed => Rule is DecisionRule.Role or DecisionRule.Administrator or DecisionRule.Visibility or DecisionRule.OwnNamespace;

    /// <summary>Which rule decided.</summary>
    public DecisionRule Rule { get; }

    /// <summary>Why it is refused, and what would help; empty if it is allowed. Tells nothing of what the caller may not see.</summary>
    public string Reason { get; }

    /// <summary>Whether the refusal is that of what does not exist.</summary>
    public bool Hides => Rule == DecisionRule.NotFound;

    /// <summary>With <see cref="DecisionRule.RoleTooLow"/>: the role that would do.</summary>
    public AccessLevel? NeededRole { get; private init; }

    /// <summary>With <see cref="DecisionRule.MissingScope"/>: the scope that would do.</summary>
    public string? NeededScope { get; private init; }

    private static readonly Decision ByRole = new(DecisionRule.Role, "");
    private static readonly Decision ByAdministrator = new(DecisionRule.Administrator, "");
    private static readonly Decision ByVisibility = new(DecisionRule.Visibility, "");
    private static readonly Decision ByOwnNamespace = new(DecisionRule.OwnNamespace, "");

    /// <summary>
    /// One action in a project's registry: scopes of the credential ∩ role ∩ visibility.
    /// </summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="project">Where.</param>
    /// <param name="role">The caller's role there, inherited ones included.</param>
    /// <param name="action">A single action.</param>
    /// <param name="image">The image name that the caller gave, for the words of a refusal.</param>
    public static Decision InProject(Caller caller, ProjectFacts project, AccessLevel role, RegistryActions action, string image)
    {
        if (!Sees(caller, project, role))
            return NotFound(caller, image);
        if (MissingScope(caller, action) is { } scopes)
            return scopes;
        if (action != RegistryActions.Pull && caller.IsGuestJobOf(project))
            return new(DecisionRule.ForeignJob, $"{Verb(action)} '{image}' is for jobs of its own project: the token of another project's job only pulls");
        if (project.RegistryAccess == RegistryAccessLevel.Disabled)
            return new(DecisionRule.RegistryDisabled, $"the registry of project '{project.Path}' is switched off");
        if (Holds(caller, project, role, RoleFor(action)))
            return Held(role, RoleFor(action));
        if (action == RegistryActions.Pull && MayPullWithoutRole(caller, project))
            return ByVisibility;
        return caller.IsAnonymous
            ? new(DecisionRule.LoginNeeded, $"log in first: {Verb(action)} '{image}' needs an account")
            : TooLow(RoleFor(action), $"{Verb(action)} '{image}' needs at least the role {RoleFor(action)} in project '{project.Path}'; {caller.Name} is {(role == AccessLevel.None ? "no member" : role)}");
    }

    /// <summary>
    /// One action on an image whose project would be made by it: users own the namespace of their name; in a group it is a setting.
    /// </summary>
    public static Decision InNewProject(Caller caller, NamespaceFacts place, AccessLevel role, RegistryActions action, string image)
    {
        if (!MakesProjects(caller, place, role))
            return (action == RegistryActions.Push ? NoNewProject(caller, place, role) : null) ?? NotFound(caller, image);
        return MissingScope(caller, action) ?? Makes(place, role);
    }

    /// <summary>Reading or writing a project's git repository: scopes of the credential ∩ role ∩ visibility.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="project">Where.</param>
    /// <param name="role">The caller's role there, inherited ones included.</param>
    /// <param name="action">What is wanted.</param>
    public static Decision GitInProject(Caller caller, ProjectFacts project, AccessLevel role, GitActions action)
    {
        if (!Sees(caller, project, role))
            return NoGitRepository(caller, project.Path);
        if (MissingScope(caller, action) is { } scopes)
            return scopes;
        var needed = action == GitActions.Write ? AccessLevel.Developer : AccessLevel.Reporter;
        // A Guest of a private project sees the project, not its code.
        if (Holds(caller, project, role, needed))
            return Held(role, needed);
        if (action == GitActions.Read && IsOpenTo(caller, project))
            return ByVisibility;
        return caller.IsAnonymous
            ? new(DecisionRule.LoginNeeded, $"log in first: pushing to '{project.Path}' needs an account")
            : TooLow(needed, $"{(action == GitActions.Write ? "pushing to" : "fetching from")} '{project.Path}' needs at least the role {needed}; {caller.Name} is {(role == AccessLevel.None ? "no member" : role)}");
    }

    /// <summary>Git where no project is yet: who owns the namespace makes it by pushing; in a group it is a setting.</summary>
    public static Decision GitInNewProject(Caller caller, NamespaceFacts place, AccessLevel role, string path, GitActions action)
    {
        if (action == GitActions.Read)
            return NoGitRepository(caller, path);
        if (!MakesProjects(caller, place, role))
            return NoNewProject(caller, place, role) ?? NoGitRepository(caller, path);
        return MissingScope(caller, action) ?? Makes(place, role);
    }

    /// <summary>No repository is there, or none that the caller may see: one answer for both.</summary>
    public static Decision NoGitRepository(Caller caller, string path) => new(DecisionRule.NotFound, caller.IsAnonymous
        ? $"'{path}.git' does not exist, or needs a login"
        : $"'{path}.git' does not exist, or {caller.Name} may not see it; a push makes {caller.Username}/<project>");

    /// <summary>Whether the project exists for the caller.</summary>
    public static Decision ToSee(Caller caller, ProjectFacts project, AccessLevel role) => Sees(caller, project, role) ? Seen(caller, project, role) : NotFound(caller, project.Path);

    /// <summary>Changing a project's visibility and features: GitLab's for Maintainers.</summary>
    public static Decision ToAdminister(Caller caller, ProjectFacts project, AccessLevel role) => caller.IsAdmin || role >= AccessLevel.Maintainer
        ? Held(role, AccessLevel.Maintainer)
        : TooLow(AccessLevel.Maintainer, $"needs at least the role {AccessLevel.Maintainer} in project '{project.Path}'");

    /// <summary>What does not exist and what the caller may not see: one answer for both.</summary>
    public static Decision NotFound(Caller caller, string image) => new(DecisionRule.NotFound, caller switch
    {
        { IsAnonymous: true } => $"'{image}' does not exist, or needs a login: docker login, then try again",
        { JobId: not null } => $"'{image}' is not of the project that this job token is for, nor of one that lets its jobs in",
        { Only.GroupPath: not null } => $"'{image}' is not in the group that this deploy token is for",
        { Only: not null } => $"'{image}' is not of the project that this deploy token is for",
        _ => $"'{image}' is in no project that {caller.Name} may see; an image name is <namespace>/<project>[/<name>[/<name>]], and {caller.Name} may push to {caller.Username.ToLowerInvariant()}/<project>",
    });

    /// <summary>The name cannot belong to any project, whoever asks.</summary>
    public static Decision BadName(string reason) => new(DecisionRule.NameInvalid, reason);

    /// <summary>Writing to a path that the project left, by someone who sees it.</summary>
    public static Decision Moved(string asked, string now) => new(DecisionRule.Moved, $"'{asked}' moved to '{now}': push there; by the old name it can only be pulled, for {RouteAliases.Days} days");

    /// <summary>A route of the REST API that belongs to a project, for those with at least a role there; None: for whoever sees it.</summary>
    public static Decision InProjectApi(Caller caller, ProjectFacts project, AccessLevel role, AccessLevel needed)
    {
        if (!Sees(caller, project, role))
            return NotFound(caller, project.Path);
        if (needed == AccessLevel.None)
            return Seen(caller, project, role);
        return Holds(caller, project, role, needed)
            ? Held(role, needed)
            : TooLow(needed, $"this needs at least the role {needed} in project '{project.Path}'");
    }

    /// <summary>A page or REST route of a project's images: for those who may pull them and have at least a role there; None: who may pull.</summary>
    public static Decision OfImages(Caller caller, ProjectFacts project, AccessLevel role, AccessLevel needed)
    {
        var pull = InProject(caller, project, role, RegistryActions.Pull, project.Path);
        if (!pull.Allowed || needed == AccessLevel.None)
            return pull;
        if (caller.IsGuestJobOf(project))
            return new(DecisionRule.ForeignJob, $"changing the images of '{project.Path}' is for jobs of its own project");
        return InProjectApi(caller, project, role, needed);
    }

    /// <summary>Seeing that a group, or a user's namespace, is there: a user's is for everyone with an account.</summary>
    public static Decision ToSee(Caller caller, NamespaceFacts place, AccessLevel role)
    {
        if (place.IsGroup)
            return InGroupApi(caller, place, role, AccessLevel.None);
        return caller.HasAccount ? ByVisibility : NotFound(caller, place.Path);
    }

    /// <summary>A route of the REST API that belongs to a group, for those with at least a role there; None: for whoever sees it.</summary>
    public static Decision InGroupApi(Caller caller, NamespaceFacts group, AccessLevel role, AccessLevel needed)
    {
        var holdsAny = IsUser(caller) && (caller.IsAdmin || role >= AccessLevel.Guest);
        if (!holdsAny && !IsOpenTo(caller, group.Visibility))
            return NotFound(caller, group.Path);
        if (needed == AccessLevel.None)
            return holdsAny ? Held(role, AccessLevel.Guest) : ByVisibility;
        return holdsAny && (caller.IsAdmin || role >= needed)
            ? Held(role, needed)
            : TooLow(needed, $"this needs at least the role {needed} in group '{group.Path}'");
    }

    private static Decision Held(AccessLevel role, AccessLevel needed) => role >= needed ? ByRole : ByAdministrator;

    private static Decision Makes(NamespaceFacts place, AccessLevel role) => place.IsGroup ? Held(role, AccessLevel.Developer) : ByOwnNamespace;

    private static Decision Seen(Caller caller, ProjectFacts project, AccessLevel role) =>
        Holds(caller, project, role, AccessLevel.Guest) ? Held(role, AccessLevel.Guest) : ByVisibility;

    private static Decision TooLow(AccessLevel needed, string reason) => new(DecisionRule.RoleTooLow, reason) { NeededRole = needed };

    private static bool Sees(Caller caller, ProjectFacts project, AccessLevel role) =>
        Holds(caller, project, role, AccessLevel.Guest) || IsOpenTo(caller, project);

    /// <summary>Administrators hold every role; a token of another project's job or deployment holds none.</summary>
    private static bool Holds(Caller caller, ProjectFacts project, AccessLevel role, AccessLevel needed) =>
        !caller.IsOutsideOf(project) && (caller.IsAdmin || role >= needed);

    private static bool MakesProjects(Caller caller, NamespaceFacts place, AccessLevel role) => IsUser(caller) && (place.IsGroup
        ? place.PushCreatesProjects && (caller.IsAdmin || role >= AccessLevel.Developer)
        : caller.UserId == place.OwnerId || caller.IsAdmin);

    /// <summary>Why a push to a group makes no project, for those who have a role in it; null for others, who get the answer of what does not exist.</summary>
    private static Decision? NoNewProject(Caller caller, NamespaceFacts place, AccessLevel role)
    {
        if (!place.IsGroup || !IsUser(caller) || (role == AccessLevel.None && !caller.IsAdmin))
            return null;
        return place.PushCreatesProjects
            ? TooLow(AccessLevel.Developer, $"a push that makes a project in group '{place.Path}' needs at least the role {AccessLevel.Developer} there; {caller.Name} is {role}")
            : new(DecisionRule.NoProjectByPush, $"pushing makes no projects in group '{place.Path}': make the project first, or have an Owner set push_creates_projects of the group");
    }

    /// <summary>Not a token for one project alone, nor nobody.</summary>
    private static bool IsUser(Caller caller) => caller is { Only: null, UserId: not null };

    private static bool MayPullWithoutRole(Caller caller, ProjectFacts project) =>
        project.RegistryAccess == RegistryAccessLevel.Enabled && IsOpenTo(caller, project);

    private static bool IsOpenTo(Caller caller, ProjectFacts project) => IsOpenTo(caller, project.Visibility);

    private static bool IsOpenTo(Caller caller, Visibility visibility) => visibility == Visibility.Public
        || (visibility == Visibility.Internal && caller.HasAccount);

    private static AccessLevel RoleFor(RegistryActions action) => action switch
    {
        RegistryActions.Pull => AccessLevel.Reporter,
        RegistryActions.Push => AccessLevel.Developer,
        RegistryActions.Delete => AccessLevel.Maintainer,
        _ => throw new ArgumentOutOfRangeException(nameof(action), action, "One action at a time."),
    };

    private static Decision? MissingScope(Caller caller, RegistryActions action)
    {
        var (enough, words) = action switch
        {
            RegistryActions.Pull => (TokenScopes.Api | TokenScopes.ReadApi | TokenScopes.ReadRegistry, "read_registry"),
            RegistryActions.Push => (TokenScopes.Api | TokenScopes.WriteRegistry, "write_registry"),
            // A job may delete in its own project, as far as its user may.
            RegistryActions.Delete => (TokenScopes.Api | (caller.Kind == CredentialKind.JobToken ? TokenScopes.WriteRegistry : 0), "api"),
            _ => throw new ArgumentOutOfRangeException(nameof(action), action, "One action at a time."),
        };
        return (caller.Scopes & enough) != 0 ? null : Unscoped(words, $"the token lacks the scope {words}: make one that has it, then docker login again");
    }

    /// <summary>GitLab's: write_repository reads too, read_api does not.</summary>
    private static Decision? MissingScope(Caller caller, GitActions action)
    {
        var (enough, words) = action == GitActions.Write
            ? (TokenScopes.Api | TokenScopes.WriteRepository, "write_repository")
            : (TokenScopes.Api | TokenScopes.ReadRepository | TokenScopes.WriteRepository, "read_repository");
        return caller.IsAnonymous || (caller.Scopes & enough) != 0 ? null : Unscoped(words, $"the token lacks the scope {words}: make one that has it");
    }

    private static Decision Unscoped(string scope, string reason) => new(DecisionRule.MissingScope, reason) { NeededScope = scope };

    private static string Verb(RegistryActions action) => action switch
    {
        RegistryActions.Pull => "pulling",
        RegistryActions.Push => "pushing to",
        _ => "deleting from",
    };
}

using System.Collections.Concurrent;
using Berth.Oci;
using Berth.Server.Access.Login;
using Berth.Server.Access.Pages;
using Berth.Server.Access.Places;
using Berth.Server.Database;

namespace Berth.Server.Access.Registry;

/// <summary>
/// From image names to projects: the project is the longest of the name's three longest prefixes that is one, so at most two levels
/// follow it (GitLab's naming rule). Found projects are remembered until the rights version moves, which every change of a route,
/// a project or a role raises in its own transaction, and which is read again at least once a second.
/// </summary>
internal sealed class ImageTargets(MetadataDatabase database, TimeProvider time)
{
    /// <summary>GitLab's: at most two names behind the project's path.</summary>
    private const int MaxExtraLevels = 2;

    /// <summary>Bounds the memory of the cache to some 20 MB; past it, it starts anew.</summary>
    private const int MaxRemembered = 50_000;

    private const long PollEvery = Clock.Second;

    /// <summary>The version of what was just forgotten; no stored one is it.</summary>
    private const long NoVersion = -1;

    private volatile Remembered _remembered = new(NoVersion);
    private long _polledAt;

    /// <summary>What a name points at and the caller's role there, if both are remembered: no query then.</summary>
    public async ValueTask<(ImageTarget.InProject Target, AccessLevel Role)?> Recall(RepositoryName name, Caller caller, CancellationToken cancellationToken)
    {
        var remembered = await Current(cancellationToken);
        if (!remembered.Targets.TryGetValue(name.ToString(), out var target))
            return null;
        if (Standing(target.Project, caller) is { } role)
            return (target, role);
        return remembered.Roles.TryGetValue((target.Project.Id, caller.UserId!.Value), out var known) && known.Until > time.Micros()
            ? (target, known.Level)
            : null;
    }

    /// <summary>
    /// What a name points at and the caller's role there, as the database has it: in as many queries whatever that is, so that the
    /// work tells nothing of what the caller may not see.
    /// </summary>
    public async ValueTask<(ImageTarget Target, AccessLevel Role)> Read(RepositoryName name, Caller caller, CancellationToken cancellationToken)
    {
        var remembered = await Current(cancellationToken);
        var text = name.ToString();
        var target = await Look(name, text, cancellationToken);
        if (target is ImageTarget.Left left)
            return await ReadRoles(left, caller, cancellationToken);
        var place = PlaceOf(target);
        var role = await ReadRole(place.Project, place.Namespace, caller, cancellationToken);
        if (target is ImageTarget.InProject project && remembered.HasRoom)
        {
            remembered.Targets[text] = project;
            // The user's, not what is left of it for a token that counts elsewhere: that one is not asked of the members.
            if (caller.UserId is { } user && Standing(project.Project, caller) is null)
                remembered.Roles[(project.Project.Id, user)] = role;
        }
        return (target, role.Level);
    }

    private static (ProjectFacts? Project, NamespaceFacts? Namespace) PlaceOf(ImageTarget target) => target switch
    {
        ImageTarget.InProject found => (found.Project, null),
        ImageTarget.TooDeep deep => (deep.Project, deep.Namespace),
        ImageTarget.InNewProject wanted => (null, wanted.Namespace),
        ImageTarget.BadProject bad => (null, bad.Namespace),
        _ => (null, null),
    };

    /// <summary>The caller's role in a project as the database has it; where there is none, None after the same queries.</summary>
    public async ValueTask<AccessLevel> RoleIn(ProjectFacts? project, Caller caller, CancellationToken cancellationToken) =>
        (await ReadRole(project, null, caller, cancellationToken)).Level;

    /// <summary>The caller's role in a namespace as the database has it; where there is none, None after the same queries.</summary>
    public async ValueTask<AccessLevel> RoleIn(NamespaceFacts? place, Caller caller, CancellationToken cancellationToken) =>
        (await ReadRole(null, place, caller, cancellationToken)).Level;

    /// <summary>The id of a project's repository; null if nothing was pushed to it yet.</summary>
    public async ValueTask<long?> FindRepository(ImageTarget.InProject target, CancellationToken cancellationToken)
    {
        var repositories = (await Current(cancellationToken)).Repositories;
        if (repositories.TryGetValue((target.Project.Id, target.Relative), out var known))
            return known;
        await using var connection = await database.OpenRead(cancellationToken);
        var id = await connection.QueryFirstOrDefault<long?>(ProjectQueries.FindRepository, new { projectId = target.Project.Id, name = target.Relative }, cancellationToken);
        if (id is { } found && repositories.Count < MaxRemembered)
            repositories[(target.Project.Id, target.Relative)] = found;
        return id;
    }

    /// <summary>
    /// The role that is the caller's without being a member: the owner of a namespace owns what is in it, a deploy token works like a
    /// Developer. Null where members have to be asked.
    /// </summary>
    public static AccessLevel? Standing(ProjectFacts project, Caller caller)
    {
        if (caller.IsOutsideOf(project))
            return AccessLevel.None;
        if (caller.Kind == CredentialKind.DeployToken)
            return AccessLevel.Developer;
        if (caller.UserId is not { } user)
            return AccessLevel.None;
        return user == project.NamespaceOwnerId ? AccessLevel.Owner : null;
    }

    private async ValueTask<RememberedRole> ReadRole(ProjectFacts? project, NamespaceFacts? place, Caller caller, CancellationToken cancellationToken)
    {
        if ((project is null ? Standing(place, caller) : Standing(project, caller)) is { } standing)
            return new(standing, long.MaxValue);
        await using var connection = await database.OpenRead(cancellationToken);
        var space = project?.NamespaceId ?? place?.Id ?? 0;
        return RememberedRole.Highest(await connection.Query<MembershipRow>(MemberQueries.RolesOfUser, new { project = project?.Id ?? 0, space, user = caller.UserId }, cancellationToken), time.Micros());
    }

    /// <summary>The roles in the project that left the path and in what is there without it, by one query as for a name without a past.</summary>
    private async ValueTask<(ImageTarget Target, AccessLevel Role)> ReadRoles(ImageTarget.Left left, Caller caller, CancellationToken cancellationToken)
    {
        var project = left.Found.Project;
        var place = PlaceOf(left.Otherwise).Namespace;
        var (role, otherwise) = (Standing(project, caller), Standing(place, caller));
        if (role is null || otherwise is null)
        {
            await using var connection = await database.OpenRead(cancellationToken);
            var rows = await connection.Query<EitherRow>(
                MemberQueries.RolesOfUserInEither, new { project = project.Id, space = project.NamespaceId, place = place?.Id ?? 0, user = caller.UserId }, cancellationToken);
            AccessLevel Highest(Func<EitherRow, bool> counts) =>
                RememberedRole.Highest([.. rows.Where(counts).Select(row => new MembershipRow(row.Level, row.ExpiresAt))], time.Micros()).Level;
            role ??= Highest(row => row.SpaceId is null || row.SpaceId == project.NamespaceId);
            otherwise ??= Highest(row => row.SpaceId is not null && row.SpaceId == place?.Id);
        }
        return (left with { RoleOtherwise = otherwise.Value }, role.Value);
    }

    /// <summary>As <see cref="Standing(ProjectFacts, Caller)"/>, in a namespace.</summary>
    private static AccessLevel? Standing(NamespaceFacts? place, Caller caller)
    {
        if (caller.UserId is not { } user || caller.Only is not null)
            return AccessLevel.None;
        return user == place?.OwnerId ? AccessLevel.Owner : null;
    }

    /// <summary>To be called after a transaction that raised the rights version: this process sees the change at once.</summary>
    /// <remarks>Not by asking for the version again: until that answer came, other requests would go on by what is remembered.</remarks>
    public void Forget() => _remembered = new Remembered(NoVersion);

    private async ValueTask<Remembered> Current(CancellationToken cancellationToken)
    {
        var now = time.Micros();
        var remembered = _remembered;
        if (now - Interlocked.Read(ref _polledAt) < PollEvery)
            return remembered;
        Interlocked.Exchange(ref _polledAt, now);
        await using var connection = await database.OpenRead(cancellationToken);
        var version = await connection.QueryFirstOrDefault<long>(AccessQueries.RightsVersion, null, cancellationToken);
        if (version == remembered.Version && remembered.HasRoom)
            return remembered;
        return _remembered = new Remembered(version);
    }

    private async Task<ImageTarget> Look(RepositoryName name, string text, CancellationToken cancellationToken)
    {
        var slashes = text.Count(c => c == '/');
        if (slashes == 0)
            return new ImageTarget.NoNamespace(name);
        await using var connection = await database.OpenRead(cancellationToken);
        var prefixes = Prefixes(text);
        var routes = await connection.Query<RouteRow>(ProjectQueries.RoutesByPath, new { paths = prefixes, now = time.Micros() }, cancellationToken);
        if (routes.Where(route => route.ProjectId is not null && !route.WasLeft).MaxBy(route => route.PathLower.Length) is { } project)
            return InProject(project, text);
        var place = routes.Where(route => route.NamespaceId is not null && route.PathLower.Length < text.Length).MaxBy(route => route.PathLower.Length);
        ImageTarget otherwise = place is null ? new ImageTarget.Nowhere() : InNamespace(place, text);
        return routes.Where(route => route.WasLeft).MaxBy(route => route.PathLower.Length) is { } past && InProject(past, text) is ImageTarget.InProject found
            ? new ImageTarget.Left(found with { HasMoved = true }, otherwise, AccessLevel.None)
            : otherwise;
    }

    private static ImageTarget InProject(RouteRow route, string text)
    {
        var facts = new ProjectFacts(route.ProjectId!.Value, route.Path, route.ProjectNamespaceId!.Value, route.ProjectOwnerId,
            (Visibility)route.Visibility!.Value, (RegistryAccessLevel)route.RegistryAccess!.Value, (int)route.TrashDays!.Value)
        {
            AllowsSparseManifests = route.SparseManifests is > 0,
            LetsAllJobsIn = route.JobTokenLimited is 0,
        };
        var relative = text.Length == route.PathLower.Length ? "" : text[(route.PathLower.Length + 1)..];
        return Levels(relative) > MaxExtraLevels
            ? new ImageTarget.TooDeep(route.Path, facts, null)
            : new ImageTarget.InProject(facts, relative);
    }

    private static ImageTarget InNamespace(RouteRow route, string text)
    {
        var facts = new NamespaceFacts(route.NamespaceId!.Value, route.Path, route.NamespaceOwnerId, (Visibility)route.NamespaceVisibility!.Value, route.PushCreatesProjects is > 0);
        var rest = text[(route.PathLower.Length + 1)..];
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        var (project, relative) = slash < 0 ? (rest, "") : (rest[..slash], rest[(slash + 1)..]);
        if (Levels(relative) > MaxExtraLevels)
            return new ImageTarget.TooDeep($"{route.PathLower}/{project}", null, facts);
        return NamespacePath.Refusal(project) is { } refusal
            ? new ImageTarget.BadProject(project, refusal, facts)
            : new ImageTarget.InNewProject(facts, project, relative);
    }

    private static int Levels(string relative) => relative.Length == 0 ? 0 : 1 + relative.Count(c => c == '/');

    /// <summary>Every prefix that ends before a slash, and the whole: at most 128 of a name of 255 characters.</summary>
    private static List<string> Prefixes(string text)
    {
        var prefixes = new List<string> { text };
        for (var slash = text.LastIndexOf('/'); slash > 0; slash = text.LastIndexOf('/', slash - 1))
            prefixes.Add(text[..slash]);
        return prefixes;
    }

    private sealed record Remembered(long Version)
    {
        public ConcurrentDictionary<string, ImageTarget.InProject> Targets { get; } = new(StringComparer.Ordinal);

        public ConcurrentDictionary<(long ProjectId, long UserId), RememberedRole> Roles { get; } = new();

        public ConcurrentDictionary<(long ProjectId, string Relative), long> Repositories { get; } = new();

        public bool HasRoom => Targets.Count < MaxRemembered && Roles.Count < MaxRemembered && Repositories.Count < MaxRemembered;
    }

    private sealed record RouteRow(
        string PathLower, string Path, long? NamespaceId, long? NamespaceOwnerId, long? NamespaceVisibility, long? PushCreatesProjects, long? ProjectId, long? ProjectNamespaceId,
        long? ProjectOwnerId, long? Visibility, long? RegistryAccess, long? TrashDays, long? SparseManifests, long? JobTokenLimited)
    {
        /// <summary>Whether the project was there and is elsewhere now.</summary>
        public bool WasLeft { get; } = ProjectId is not null && Redirects.HasLeft(PathLower, Path);
    }

    private sealed record EitherRow(long? SpaceId, long Level, long? ExpiresAt);
}

using System.Collections.Concurrent;
using Berth.Oci;
using Berth.Server.Database;

namespace Berth.Server.Access;

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

    public async ValueTask<ImageTarget> Find(RepositoryName name, CancellationToken cancellationToken)
    {
        var remembered = await Current(cancellationToken);
        var text = name.ToString();
        if (remembered.Targets.TryGetValue(text, out var target))
            return target;
        target = await Look(name, text, cancellationToken);
        if (target is ImageTarget.InProject && remembered.Targets.Count < MaxRemembered)
            remembered.Targets[text] = target;
        return target;
    }

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

    /// <summary>The caller's role in a project: the owner of a namespace owns what is in it; a deploy token works like a Developer.</summary>
    public static AccessLevel RoleIn(ProjectFacts project, Caller caller)
    {
        if (caller.IsOutsideOf(project))
            return AccessLevel.None;
        if (caller.Kind == CredentialKind.DeployToken)
            return AccessLevel.Developer;
        return caller.UserId is { } user && user == project.NamespaceOwnerId ? AccessLevel.Owner : AccessLevel.None;
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
        if (version == remembered.Version && remembered.Targets.Count < MaxRemembered && remembered.Repositories.Count < MaxRemembered)
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
        var routes = await connection.Query<RouteRow>(ProjectQueries.RoutesByPath, new { paths = prefixes }, cancellationToken);
        if (routes.Where(route => route.ProjectId is not null).MaxBy(route => route.PathLower.Length) is { } project)
            return InProject(project, text);
        return routes.Find(route => route is { NamespaceOwnerId: not null }) is { } own
            ? InOwnNamespace(own, text)
            : new ImageTarget.Nowhere();
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

    private static ImageTarget InOwnNamespace(RouteRow route, string text)
    {
        var rest = text[(route.PathLower.Length + 1)..];
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        var (project, relative) = slash < 0 ? (rest, "") : (rest[..slash], rest[(slash + 1)..]);
        if (Levels(relative) > MaxExtraLevels)
            return new ImageTarget.TooDeep($"{route.PathLower}/{project}", null, route.NamespaceOwnerId);
        return NamespacePath.Refusal(project) is { } refusal
            ? new ImageTarget.BadProject(project, refusal, route.NamespaceOwnerId)
            : new ImageTarget.InNewProject(route.NamespaceId!.Value, route.NamespaceOwnerId, route.Path, project, relative);
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
        public ConcurrentDictionary<string, ImageTarget> Targets { get; } = new(StringComparer.Ordinal);

        public ConcurrentDictionary<(long ProjectId, string Relative), long> Repositories { get; } = new();
    }

    private sealed record RouteRow(
        string PathLower, string Path, long? NamespaceId, long? NamespaceOwnerId, long? ProjectId, long? ProjectNamespaceId,
        long? ProjectOwnerId, long? Visibility, long? RegistryAccess, long? TrashDays, long? SparseManifests, long? JobTokenLimited);
}

using Berth.Server.Access.Registry;
using Berth.Server.Database;

namespace Berth.Server.Access.Places;

/// <summary>All that is a user's by membership at one moment, own namespace included: for lists, which ask for many projects at once.</summary>
internal sealed class Memberships
{
    private readonly Caller _caller;
    private readonly Dictionary<string, PathRow> _byPath = new(StringComparer.Ordinal);

    private Memberships(Caller caller, List<PathRow> rows)
    {
        _caller = caller;
        foreach (var row in rows)
        {
            if (!_byPath.TryGetValue(row.PathLower, out var known) || known.Level < row.Level)
                _byPath[row.PathLower] = row;
        }
    }

    public static async Task<Memberships> Read(ReadConnection connection, Caller caller, long now, CancellationToken cancellationToken) => new(caller, caller.UserId is { } user
        ? await connection.Query<PathRow>(MemberQueries.PathsOfUser, new { user, now }, cancellationToken)
        : []);

    public Caller Caller => _caller;

    /// <summary>The caller's role in a project, as <see cref="ImageTargets"/> finds it for one.</summary>
    public AccessLevel RoleIn(ProjectFacts project)
    {
        if (ImageTargets.Standing(project, _caller) is { } standing)
            return standing;
        return Highest(project.Path.ToLowerInvariant());
    }

    /// <summary>The caller's role in a group, its own or from the groups above.</summary>
    public AccessLevel RoleIn(NamespaceFacts group) => _caller.Only is null ? Highest(group.Path.ToLowerInvariant()) : AccessLevel.None;

    private AccessLevel Highest(string path)
    {
        var highest = _byPath.TryGetValue(path, out var own) ? own.Level : 0;
        for (var slash = path.LastIndexOf('/'); slash > 0; slash = path.LastIndexOf('/', slash - 1))
            highest = Math.Max(highest, _byPath.TryGetValue(path[..slash], out var above) ? above.Level : 0);
        return (AccessLevel)highest;
    }

    /// <summary>Where the projects are in which the caller has at least some role, in order; none overlaps another.</summary>
    public List<PathRange> Projects(AccessLevel least) => Ranges(least, row => row.IsProject != 0 ? [PathRange.At(row.PathLower)] : [PathRange.Below(row.PathLower)]);

    /// <summary>Where the images of those projects are.</summary>
    public List<PathRange> Images(AccessLevel least) => Ranges(least, row => row.IsProject != 0 ? [PathRange.At(row.PathLower), PathRange.Below(row.PathLower)] : [PathRange.Below(row.PathLower)]);

    private List<PathRange> Ranges(AccessLevel least, Func<PathRow, PathRange[]> of)
    {
        var ranges = new List<PathRange>();
        foreach (var range in _byPath.Values.Where(row => row.Level >= (long)least).SelectMany(of).OrderBy(range => range.From, StringComparer.Ordinal))
        {
            // Paths are trees: a range lies within the one before it, or behind it.
            if (ranges.Count == 0 || string.CompareOrdinal(range.From, ranges[^1].End) >= 0)
                ranges.Add(range);
        }
        return ranges;
    }

    private sealed record PathRow(string PathLower, long IsProject, long Level);
}

using System.Text.RegularExpressions;
using Berth.Runner.Engine;

namespace Berth.Runner.Workspace;

/// <summary>
/// The files that <c>paths</c>, <c>exclude</c> and <c>untracked</c> name, relative to the project's directory. A pattern that
/// matches a directory means all that is below it.
/// </summary>
internal sealed class FileSelection
{
    private static readonly char[] Special = ['*', '?', '[', '{', '\\'];

    private readonly List<(string Text, Regex Pattern)> _patterns;
    private readonly HashSet<string> _matched = [];
    private readonly List<Regex> _excluded;
    private readonly HashSet<string> _untracked;

    /// <param name="projectDirectory">What absolute patterns must begin with.</param>
    /// <param name="untracked">Files that git does not know, if they are wanted.</param>
    public FileSelection(string projectDirectory, IEnumerable<string> paths, IEnumerable<string> excluded, IEnumerable<string> untracked)
    {
        var relative = paths.Select(path => Relative(projectDirectory, path)).ToList();
        Outside = [.. relative.Where(path => path.Split('/').Contains(".."))];
        var inside = relative.Except(Outside).ToList();
        _patterns = [.. inside.Select(path => (path, Glob.ToRegex(path)))];
        _excluded = [.. excluded.Select(path => Glob.ToRegex(Relative(projectDirectory, path)))];
        _untracked = [.. untracked];
        var roots = inside.Select(Root).Concat(_untracked.Select(Parent)).Distinct().ToList();
        Roots = [.. roots.Where(root => !roots.Any(other => other != root && IsBelow(root, other)))];
    }

    /// <summary>The directories and files to look into, none below another; the empty one is the project itself.</summary>
    public IReadOnlyList<string> Roots { get; }

    /// <summary>Patterns that lead out of the project; they select nothing.</summary>
    public IReadOnlyList<string> Outside { get; }

    /// <summary>Patterns that no file matched of those asked for so far.</summary>
    public IEnumerable<string> Unmatched => _patterns.Select(pattern => pattern.Text).Where(pattern => !_matched.Contains(pattern));

    public bool Contains(string path)
    {
        var isNamed = _untracked.Contains(path);
        foreach (var (text, pattern) in _patterns)
        {
            if (isNamed && _matched.Contains(text) || !MatchesAtOrAbove(pattern, path))
                continue;
            isNamed = true;
            _matched.Add(text);
        }
        return isNamed && !_excluded.Any(pattern => pattern.IsMatch(path));
    }

    private static bool MatchesAtOrAbove(Regex pattern, string path)
    {
        // The empty pattern is the project's own directory.
        if (pattern.IsMatch(""))
            return true;
        for (var at = path; at.Length > 0; at = Parent(at))
        {
            if (pattern.IsMatch(at))
                return true;
        }
        return false;
    }

    private static string Relative(string projectDirectory, string path)
    {
        if (path.StartsWith(projectDirectory, StringComparison.Ordinal) && (path.Length == projectDirectory.Length || path[projectDirectory.Length] == '/'))
            path = path[projectDirectory.Length..];
        else if (path.StartsWith('/'))
            return $"../{path}";
        return string.Join('/', path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(part => part != "."));
    }

    /// <summary>The longest part of a pattern that is a plain path.</summary>
    private static string Root(string pattern)
    {
        var parts = pattern.Split('/');
        var plain = parts.TakeWhile(part => part.IndexOfAny(Special) < 0);
        return string.Join('/', plain);
    }

    private static string Parent(string path) => path.LastIndexOf('/') is > 0 and var slash ? path[..slash] : "";

    private static bool IsBelow(string path, string other) => other.Length == 0 || path.StartsWith(other + "/", StringComparison.Ordinal);
}

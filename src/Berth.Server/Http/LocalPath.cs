using System.Text;

namespace Berth.Server.Http;

/// <summary>Paths of our own to which a redirect may lead, whoever wrote them.</summary>
internal static class LocalPath
{
    private const int MaxLength = 2000;

    /// <summary>Whether it leads to this server: one slash at the beginning, and nothing that browsers read as a second one.</summary>
    public static bool IsSafe(string? path) =>
        path is { Length: > 0 and <= MaxLength } && path[0] == '/' && (path.Length == 1 || path[1] is not ('/' or '\\')) && Ascii.IsValid(path) && !path.Any(char.IsControl);
}

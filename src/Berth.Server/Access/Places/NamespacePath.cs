using System.Collections.Frozen;
using System.Text;
using Berth.Oci;

namespace Berth.Server.Access.Places;

/// <summary>What a user, group or project may be called in paths: also an image name once lower-cased, and no word of our own URLs.</summary>
internal static class NamespacePath
{
    /// <summary>A repository name of two levels has to fit into 255 characters.</summary>
    private const int MaxLength = 100;

    /// <summary>Of a whole path: that of an image name, and GitLab's.</summary>
    public const int MaxFullLength = 255;

    private static readonly FrozenSet<string> Reserved = FrozenSet.ToFrozenSet(
        ["v2", "jwt", "api", "-", "assets", ".well-known", "users", "groups", "admin"], StringComparer.Ordinal);

    /// <summary>Why the path is refused; null if it is good.</summary>
    public static string? Refusal(string path)
    {
        var lower = path.ToLowerInvariant();
        if (path.Length > MaxLength)
            return $"is too long (maximum is {MaxLength} characters)";
        // ASCII before lower-casing too: that makes a k of the Kelvin sign (U+212A), and two names would look alike.
        if (!Ascii.IsValid(path) || !RepositoryName.IsComponent(lower))
            return "can contain only letters, digits and single separators (. _ __ -) between them: it becomes part of image names";
        if (Reserved.Contains(lower) || lower.EndsWith(".git", StringComparison.Ordinal) || lower.EndsWith(".atom", StringComparison.Ordinal))
            return "is a reserved name";
        return null;
    }
}

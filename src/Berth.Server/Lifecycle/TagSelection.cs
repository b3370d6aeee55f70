using Berth.Pipelines;

namespace Berth.Server.Lifecycle;

/// <summary>
/// Which tags of a repository a rule takes: GitLab's meaning, over all tags at once. They are to be shown to it newest first, each once.
/// </summary>
/// <param name="delete">Whole names that may go.</param>
/// <param name="keep">Names that stay, whatever else holds; null for none.</param>
/// <param name="keepNewest">Of what may go, as many of the newest stay.</param>
/// <param name="publishedBefore">Microseconds: what is younger stays; null lets every age go.</param>
/// <param name="kept">Of the newest that stay, as many were shown before.</param>
internal sealed class TagSelection(NamePattern delete, NamePattern? keep, long keepNewest, long? publishedBefore, long kept)
{
    /// <summary>GitLab spares it in every rule.</summary>
    private const string Spared = "latest";

    /// <summary>How many of the newest that stay were shown so far.</summary>
    public long Kept { get; private set; } = kept;

    public bool Takes(string tag, long publishedAt)
    {
        if (tag == Spared || !delete.IsMatch(tag) || keep?.IsMatch(tag) == true)
            return false;
        if (Kept < keepNewest)
        {
            Kept++;
            return false;
        }
        return publishedBefore is not { } before || publishedAt < before;
    }
}

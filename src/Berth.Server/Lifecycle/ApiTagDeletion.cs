using Berth.Server.Access;

namespace Berth.Server.Lifecycle;

/// <summary>How far a deletion of many tags has come, as the API shows it.</summary>
internal sealed class ApiTagDeletion(TagDeletion deletion)
{
    public long DeletionId => deletion.RequestedAt;

    /// <summary>running, finished or failed.</summary>
    public string State => TagDeletionEndpoints.Word(deletion);
    public string NameRegexDelete => deletion.DeletePattern;
    public string? NameRegexKeep => deletion.KeepPattern;
    public long KeepN => deletion.KeepNewest;
    public string? PublishedBefore => ApiTime.Of(deletion.PublishedBefore);
    public long Examined => deletion.Examined;
    public long Deleted => deletion.Deleted;
    public long Left => deletion.Examined - deletion.Deleted;
    public string? Error => deletion.Error;
    public string RequestedAt => ApiTime.Of(deletion.RequestedAt);
    public string? FinishedAt => ApiTime.Of(deletion.FinishedAt);
    public string KeepUntil => ApiTime.Of(deletion.KeepUntil);
}

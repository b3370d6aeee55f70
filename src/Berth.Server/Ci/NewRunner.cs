using Berth.Server.Access;
using Berth.Server.Http;

namespace Berth.Server.Ci;

/// <summary>A runner to make; <c>ProjectId</c> null is one of the whole instance. <c>MaximumTimeout</c> in seconds.</summary>
internal sealed record NewRunner(
    long? ProjectId, long? CreatedBy, string Description, IReadOnlyList<string> Tags, bool RunUntagged, bool Locked, bool Paused, bool ProtectedOnly, long? MaximumTimeout)
{
    /// <summary>GitLab's least maximum_timeout, in seconds.</summary>
    private const long LeastTimeout = 600;

    private const int MaxTags = 50;
    private const int MaxText = 255;

    /// <summary>Tags as they are kept: trimmed, each once.</summary>
    public static List<string> CleanTags(IEnumerable<string> given) => [.. given.Select(tag => tag.Trim()).Where(tag => tag.Length > 0).Distinct(StringComparer.Ordinal)];

    /// <summary>Why the runner cannot be made; null if it can.</summary>
    public FieldRefusal? Refusal()
    {
        if (Tags.Count == 0 && !RunUntagged)
            return new("tags_list", "can not be empty when runner is not allowed to pick untagged jobs");
        if (Tags.Count > MaxTags || Tags.Any(tag => tag.Length > MaxText))
            return new("tags_list", $"are at most {MaxTags}, each of at most {MaxText} characters");
        if (Tags.Select(PlainText.Refusal).FirstOrDefault(reason => reason is not null) is { } badTag)
            return new("tags_list", badTag);
        if (PlainText.Refusal(Description) is { } badText)
            return new("description", badText);
        return MaximumTimeout < LeastTimeout ? new("maximum_timeout", $"needs to be at least {LeastTimeout} seconds") : null;
    }
}

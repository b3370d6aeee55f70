using System.Text.Json;
using Berth.Server.Http;

namespace Berth.Server.Ci;

/// <summary>What bodies that describe a runner have in common.</summary>
internal static class RunnerBody
{
    /// <summary>GitLab's least maximum_timeout, in seconds.</summary>
    private const long LeastTimeout = 600;

    private const int MaxTags = 50;
    private const int MaxText = 255;

    /// <summary>tag_list is an array, or one text with commas.</summary>
    public static List<string> Tags(JsonElement? list)
    {
        var given = list switch
        {
            { ValueKind: JsonValueKind.Array } array => array.EnumerateArray().Select(item => item.ToString()),
            { ValueKind: JsonValueKind.String } text => text.GetString()!.Split(','),
            _ => [],
        };
        return [.. given.Select(tag => tag.Trim()).Where(tag => tag.Length > 0).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>Why the runner cannot be made; null if it can.</summary>
    public static IResult? Refusal(NewRunner wanted)
    {
        if (wanted.Tags.Count == 0 && !wanted.RunUntagged)
            return ApiError.Invalid("tags_list", "can not be empty when runner is not allowed to pick untagged jobs");
        if (wanted.Tags.Count > MaxTags || wanted.Tags.Any(tag => tag.Length > MaxText))
            return ApiError.Invalid("tags_list", $"are at most {MaxTags}, each of at most {MaxText} characters");
        if (wanted.Description.Length > MaxText)
            return ApiError.Invalid("description", $"is too long (maximum is {MaxText} characters)");
        return wanted.MaximumTimeout < LeastTimeout ? ApiError.Invalid("maximum_timeout", $"needs to be at least {LeastTimeout} seconds") : null;
    }
}

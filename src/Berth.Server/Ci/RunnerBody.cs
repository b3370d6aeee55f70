using System.Text.Json;

namespace Berth.Server.Ci;

/// <summary>What bodies that describe a runner have in common.</summary>
internal static class RunnerBody
{
    /// <summary>tag_list is an array, or one text with commas.</summary>
    public static List<string> Tags(JsonElement? list)
    {
        return NewRunner.CleanTags(list switch
        {
            { ValueKind: JsonValueKind.Array } array => array.EnumerateArray().Select(item => item.ToString()),
            { ValueKind: JsonValueKind.String } text => text.GetString()!.Split(','),
            _ => [],
        });
    }
}

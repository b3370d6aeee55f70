namespace Berth.Pipelines.Entries;

/// <summary>stages: names in order, with <c>.pre</c> and <c>.post</c> around them whether listed or not.</summary>
internal static class StagesEntry
{
    public const string First = ".pre";
    public const string Last = ".post";

    private static readonly string[] Default = ["build", "test", "deploy"];

    public static IReadOnlyList<string> Read(Entry? entry)
    {
        var named = entry is { } given ? given.Texts() ?? [] : Default;
        return [First, .. named.Where(stage => stage is not (First or Last)).Distinct(StringComparer.Ordinal), Last];
    }
}

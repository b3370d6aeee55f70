namespace Berth.Server.Access;

/// <summary>What can be done with a repository. The words are those of token scopes.</summary>
[Flags]
internal enum RegistryActions
{
    None = 0,
    Pull = 1,
    Push = 2,

    /// <summary>Deleting manifests, tags and blobs. A scope's "*" asks for all three.</summary>
    Delete = 4,

    All = Pull | Push | Delete,
}

internal static class RegistryActionWords
{
    /// <summary>Reads the comma-separated actions of a scope; unknown ones are dropped, as distribution does.</summary>
    public static RegistryActions Parse(ReadOnlySpan<char> text)
    {
        var actions = RegistryActions.None;
        foreach (var range in text.Split(','))
        {
            actions |= text[range] switch
            {
                "pull" => RegistryActions.Pull,
                "push" => RegistryActions.Push,
                "delete" => RegistryActions.Delete,
                "*" => RegistryActions.All,
                _ => RegistryActions.None,
            };
        }
        return actions;
    }

    public static string[] Words(this RegistryActions actions) =>
        [.. new[] { (RegistryActions.Pull, "pull"), (RegistryActions.Push, "push"), (RegistryActions.Delete, "delete") }
            .Where(pair => actions.HasFlag(pair.Item1)).Select(pair => pair.Item2)];
}

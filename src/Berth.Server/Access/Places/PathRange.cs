namespace Berth.Server.Access.Places;

/// <summary>Where some paths, or names of images, stand among all, in byte order: between two texts, neither of them a path.</summary>
internal readonly record struct PathRange(string From, string End)
{
    /// <summary>What is below a path; '0' is the character behind '/'.</summary>
    public static PathRange Below(string path) => new(path + "/", path + "0");

    /// <summary>A path alone: no path holds a character below '-' or above 'z'.</summary>
    public static PathRange At(string path) => new($"{path[..^1]}{(char)(path[^1] - 1)}~", path + "!");
}

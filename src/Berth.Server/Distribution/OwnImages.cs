using Berth.Server.Access;

namespace Berth.Server.Distribution;

/// <summary>Where the images of a user's own namespace, or of a deploy token's group, stand among all names: between two texts, neither of them a name.</summary>
internal readonly record struct OwnImages(string From, string End)
{
    /// <summary>Null for those who own no namespace, and for tokens of one project.</summary>
    public static OwnImages? Of(Caller caller) => caller switch
    {
        { Only.GroupPath: { } group } => Under(group),
        { UserId: not null, Only: null, IsBot: false } => Under(caller.Username.ToLowerInvariant()),
        _ => null,
    };

    /// <summary>'0' is the character behind '/'.</summary>
    private static OwnImages Under(string path) => new(path + "/", path + "0");
}

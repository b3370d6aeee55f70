using Berth.Server.Access;

namespace Berth.Server.Distribution;

/// <summary>Where the images of a user's own namespace stand among all names: between two texts, neither of them a name.</summary>
internal readonly record struct OwnImages(string From, string End)
{
    public bool Holds(string imageName) => string.CompareOrdinal(imageName, From) > 0 && string.CompareOrdinal(imageName, End) < 0;

    /// <summary>Of a namespace by its path.</summary>
    public static OwnImages Under(string path)
    {
        var lower = path.ToLowerInvariant();
        // '0' is the character behind '/'.
        return new OwnImages(lower + "/", lower + "0");
    }

    /// <summary>Null for those who own no namespace, and for tokens of one project.</summary>
    public static OwnImages? Of(Caller caller)
    {
        if (caller.UserId is null || caller.Only is not null || caller.IsBot)
            return null;
        return Under(caller.Username);
    }
}

using Berth.Server.Access;

namespace Berth.Server.Distribution;

/// <summary>Where the images of a user's own namespace stand among all names: between two texts, neither of them a name.</summary>
internal readonly record struct OwnImages(string From, string End)
{
    /// <summary>Null for those who own no namespace, and for tokens of one project.</summary>
    public static OwnImages? Of(Caller caller)
    {
        if (caller.UserId is null || caller.OnlyProjectId is not null)
            return null;
        var path = caller.Username.ToLowerInvariant();
        // '0' is the character behind '/'.
        return new OwnImages(path + "/", path + "0");
    }
}

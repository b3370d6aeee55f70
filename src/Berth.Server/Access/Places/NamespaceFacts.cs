namespace Berth.Server.Access.Places;

/// <summary>What decisions need to know of a user's namespace or a group.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Path">Its full path.</param>
/// <param name="OwnerId">The user whose namespace it is; null for a group.</param>
/// <param name="Visibility">Who sees the group.</param>
/// <param name="PushCreatesProjects">Whether a first push by a developer of the group makes the project.</param>
internal sealed record NamespaceFacts(long Id, string Path, long? OwnerId, Visibility Visibility, bool PushCreatesProjects)
{
    public bool IsGroup => OwnerId is null;
}

namespace Berth.Server.Access.Accounts;

/// <summary>In users.state. Whoever is not active is nobody to every credential of theirs.</summary>
internal static class UserState
{
    public const long Active = 1;
    public const long Blocked = 2;

    /// <summary>The row stays, for what the user did names it; the user name is free again.</summary>
    public const long Deleted = 3;

    /// <summary>GitLab's word.</summary>
    public static string Word(long state) => state == Active ? "active" : "blocked";
}

namespace Berth.Server.Access;

/// <summary>Who sees a project, with GitLab's numbers.</summary>
internal enum Visibility
{
    /// <summary>Members only.</summary>
    Private = 0,

    /// <summary>Everyone who is signed in.</summary>
    Internal = 10,

    /// <summary>Everyone.</summary>
    Public = 20,
}

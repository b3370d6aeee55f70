using Berth.Server.Access;
using Berth.Server.Access.Places;
using Berth.Server.Database;

namespace Berth.Server.Projects;

/// <summary>A namespace as the home of a project that is made in it or comes to it, read under the lock of its row.</summary>
internal sealed record ProjectHome(long Id, long? OwnerId, string Path, long Visibility, long ProjectCreation)
{
    private AccessLevel Role { get; set; }

    /// <summary>The namespace, if it is there for the caller; null otherwise.</summary>
    public static ProjectHome? Find(WriteTransaction transaction, Caller caller, long id, long now) =>
        Seen(transaction.QueryFirstOrDefault<ProjectHome>(ProjectQueries.NamespaceById, new { id }), transaction, caller, id, now);

    /// <summary>The caller's own namespace.</summary>
    public static ProjectHome? FindOwn(WriteTransaction transaction, Caller caller, long now) =>
        Seen(transaction.QueryFirstOrDefault<ProjectHome>(ProjectQueries.NamespaceOfUser, new { userId = caller.UserId }), transaction, caller, 0, now);

    /// <summary>Why the caller may put no project there; null if they may.</summary>
    public string? Refusal(Caller caller)
    {
        return Admits(caller, OwnerId, ProjectCreation, Role) ? null : $"making projects in '{Path}' needs {(ProjectCreation > 0 ? $"at least the role {(AccessLevel)ProjectCreation}" : "an administrator")} there";
    }

    /// <summary>Whether a caller with this role in a namespace may put projects there.</summary>
    public static bool Admits(Caller caller, long? ownerId, long projectCreation, AccessLevel role) =>
        caller.IsAdmin || (ownerId is { } owner ? owner == caller.UserId : projectCreation > 0 && (long)role >= projectCreation);

    /// <summary>Why a project may not be so open there; null if it may.</summary>
    public string? Refusal(Visibility wanted) =>
        (long)wanted > Visibility ? $"{Words.Of(wanted)} is not allowed in a {Words.Of((Visibility)Visibility)} group." : null;

    private static ProjectHome? Seen(ProjectHome? home, WriteTransaction transaction, Caller caller, long id, long now)
    {
        var role = RememberedRole.Read(transaction, 0, id, caller.UserId ?? 0, now);
        if (home is null || !(caller.IsAdmin || role > AccessLevel.None || home.OwnerId == caller.UserId || (home.OwnerId is null && home.Visibility > 0)))
            return null;
        home.Role = role;
        return home;
    }
}

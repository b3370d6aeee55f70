namespace Berth.Server.Access;

/// <summary>What decisions need to know of a project; remembered until the rights version moves.</summary>
internal sealed record ProjectFacts(
    long Id, string Path, long NamespaceId, long? NamespaceOwnerId, Visibility Visibility, RegistryAccessLevel RegistryAccess, int TrashDays);

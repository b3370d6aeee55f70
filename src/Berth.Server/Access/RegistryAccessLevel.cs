namespace Berth.Server.Access;

/// <summary>Who may use the registry of a project: GitLab's container_registry_access_level, with its numbers.</summary>
internal enum RegistryAccessLevel
{
    /// <summary>Nobody, not even an administrator.</summary>
    Disabled = 0,

    /// <summary>Members of the project, whatever its visibility.</summary>
    Private = 10,

    /// <summary>Everyone who may see the project.</summary>
    Enabled = 20,
}

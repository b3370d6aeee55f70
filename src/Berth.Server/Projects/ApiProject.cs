using Berth.Server.Access;
using Berth.Server.Access.Places;
using Berth.Server.Configuration;

namespace Berth.Server.Projects;

/// <summary>A project as GitLab's API shows one. <paramref name="deleted"/>: if it is in the trash.</summary>
internal sealed class ApiProject(ProjectRow project, BerthSettings settings, DeletedProject? deleted = null)
{
    private readonly string _namespace = project.FullPath[..project.FullPath.LastIndexOf('/')];

    public long Id => project.Id;
    public string Description => project.Description;
    public string Name => project.Name;
    public string NameWithNamespace => $"{_namespace.Replace("/", " / ", StringComparison.Ordinal)} / {project.Name}";
    public string Path => project.Path;
    public string PathWithNamespace => project.FullPath;
    public string Visibility => Words.Of((Visibility)project.Visibility);
    public string ContainerRegistryAccessLevel => Words.Of((RegistryAccessLevel)project.RegistryAccess);
    public bool ContainerRegistrySparseManifests => project.SparseManifests != 0;
    public string ContainerRegistryImagePrefix => $"{settings.RegistryHost}/{project.FullPath.ToLowerInvariant()}";
    public ApiProjectNamespace Namespace => new(project.NamespaceId, project.NamespaceOwnerId is null ? "group" : "user", _namespace[(_namespace.LastIndexOf('/') + 1)..], _namespace);
    public string WebUrl => $"{settings.ExternalOrigin}/{project.FullPath}";
    public string HttpUrlToRepo => $"{settings.ExternalOrigin}/{project.FullPath}.git";
    public string? MarkedForDeletionAt => ApiTime.Day(deleted?.DeletedAt);
    public string? MarkedForDeletionOn => MarkedForDeletionAt;

    /// <summary>Until when a deleted project can be restored.</summary>
    public string? KeepUntil => ApiTime.Of(deleted?.KeepUntil);
    public string CreatedAt => ApiTime.Of(project.CreatedAt);
}

internal sealed record ApiProjectNamespace(long Id, string Kind, string Path, string FullPath);

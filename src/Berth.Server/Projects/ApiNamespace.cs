using Berth.Server.Configuration;

namespace Berth.Server.Projects;

/// <summary>A namespace as GitLab's API shows one.</summary>
internal sealed class ApiNamespace(NamespaceRow row, BerthSettings settings)
{
    public long Id => row.Id;
    public string Name => row.Name;
    public string Path => row.Path;
    public string Kind => row.IsGroup ? "group" : "user";
    public string FullPath => row.FullPath;
    public long? ParentId => row.ParentId;
    public string? AvatarUrl => null;
    public string WebUrl => $"{settings.ExternalOrigin}/{(row.IsGroup ? "groups/" : "")}{row.FullPath}";
}

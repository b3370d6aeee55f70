using Berth.Server.Access;
using Berth.Server.Access.Places;
using Berth.Server.Configuration;

namespace Berth.Server.Projects;

/// <summary>A group as GitLab's API shows one.</summary>
internal sealed class ApiGroup(GroupRow group, BerthSettings settings)
{
    public long Id => group.Id;
    public string WebUrl => $"{settings.ExternalOrigin}/groups/{group.FullPath}";
    public string Name => group.Name;
    public string Path => group.Path;
    public string Description => group.Description;
    public string Visibility => Words.Of((Visibility)group.Visibility);
    public string ProjectCreationLevel => GroupEndpoints.CreationWord(group.ProjectCreation);
    public string SubgroupCreationLevel => "maintainer";

    /// <summary>Whether a push to a path below it makes the project.</summary>
    public bool PushCreatesProjects => group.PushCreatesProjects != 0;
    public string? AvatarUrl => null;
    public bool RequestAccessEnabled => false;
    public string FullName => group.ParentId is null ? group.Name : $"{group.FullPath[..group.FullPath.LastIndexOf('/')].Replace("/", " / ", StringComparison.Ordinal)} / {group.Name}";
    public string FullPath => group.FullPath;
    public long? ParentId => group.ParentId;
    public string CreatedAt => ApiTime.Of(group.CreatedAt);
}

using Berth.Server.Access;
using Berth.Server.Access.Places;
using Berth.Server.Projects;
using Berth.Server.Web.Home;

namespace Berth.Server.Web.Places;

/// <summary>From rows to what pages of groups and lists of projects show.</summary>
internal static class PlaceHeads
{
    public static PlaceHead Of(PlacePageAccess access, string tab) => new(
        access.Place.FullPath, access.Place.Name, Words.Of(access.Place.Facts.Visibility), access.Place.OwnerId is not null, tab)
    {
        IsMember = access.IsMember,
        Owns = access.Owns,
        SeesUsage = access.SeesUsage,
        MakesProjects = ProjectHome.Admits(access.Caller, access.Place.OwnerId, access.Place.ProjectCreation, access.Role),
        MakesGroups = access.Maintains,
    };

    public static ProjectLine Of(ListedProject listed) => new(listed.Project.FullPath, Words.Of(listed.Project.Facts.Visibility), listed.SeesImages, listed.LastPush, listed.PipelineStatus);

    public static GroupLine Of(GroupRow group) => new(group.FullPath, group.Name, Words.Of(group.Facts.Visibility));

    public static PushLine Of(LastPush push) => new(push.Project.FullPath, push.Tag.ImageId, push.Tag.Image, push.Tag.Tag, push.Tag.PublishedAt, push.Tag.Username);
}

using Berth.Server.Access;
using Berth.Server.Configuration;
using Berth.Server.Projects;

namespace Berth.Server.Web.Places;

/// <summary>/GROUP/PROJECT/-/project_members and /groups/GROUP/-/group_members, as GitLab's. Everyone may leave.</summary>
internal static class MemberPageEndpoints
{
    private const string Project = "/{project}/-/project_members";
    private const string Group = "/groups/{group}/-/group_members";

    public static void MapMemberPages(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Project, (ProjectPageAccess page, ProjectAccess access, HttpContext context, MemberPages pages, BerthSettings settings) =>
            pages.Show(MemberPlace.Of(access), PlaceFrames.Of(page, settings, "members"), context, MemberPages.Empty())).WithMetadata(new AccessRule.ProjectPage(AccessLevel.Guest));
        routes.MapPost(Project, (ProjectPageAccess page, ProjectAccess access, HttpContext context, MemberPages pages, BerthSettings settings) =>
            pages.Add(MemberPlace.Of(access), PlaceFrames.Of(page, settings, "members"), context)).WithMetadata(new AccessRule.ProjectPage(AccessLevel.Maintainer));
        routes.MapPost(Project + "/{user:long}", (ProjectPageAccess page, ProjectAccess access, long user, HttpContext context, MemberPages pages, BerthSettings settings) =>
            pages.Change(MemberPlace.Of(access), PlaceFrames.Of(page, settings, "members"), user, context)).WithMetadata(new AccessRule.ProjectPage(AccessLevel.Maintainer));
        routes.MapPost(Project + "/{user:long}/remove", (ProjectPageAccess page, ProjectAccess access, long user, HttpContext context, MemberPages pages, BerthSettings settings) =>
            pages.Remove(MemberPlace.Of(access), PlaceFrames.Of(page, settings, "members"), user, context)).WithMetadata(new AccessRule.ProjectPage(AccessLevel.Guest));
        routes.MapGet(Group, (PlacePageAccess page, GroupAccess access, HttpContext context, MemberPages pages) =>
            pages.Show(MemberPlace.Of(access), PlaceFrames.Of(page, "members"), context, MemberPages.Empty())).WithMetadata(new AccessRule.GroupPage(AccessLevel.Guest));
        routes.MapPost(Group, (PlacePageAccess page, GroupAccess access, HttpContext context, MemberPages pages) =>
            pages.Add(MemberPlace.Of(access), PlaceFrames.Of(page, "members"), context)).WithMetadata(new AccessRule.GroupPage(AccessLevel.Owner));
        routes.MapPost(Group + "/{user:long}", (PlacePageAccess page, GroupAccess access, long user, HttpContext context, MemberPages pages) =>
            pages.Change(MemberPlace.Of(access), PlaceFrames.Of(page, "members"), user, context)).WithMetadata(new AccessRule.GroupPage(AccessLevel.Owner));
        routes.MapPost(Group + "/{user:long}/remove", (PlacePageAccess page, GroupAccess access, long user, HttpContext context, MemberPages pages) =>
            pages.Remove(MemberPlace.Of(access), PlaceFrames.Of(page, "members"), user, context)).WithMetadata(new AccessRule.GroupPage(AccessLevel.Guest));
    }
}

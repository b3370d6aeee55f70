using Berth.Server.Access;
using Berth.Server.Access.Pages;
using Berth.Server.Projects;

namespace Berth.Server.Web.Places;

/// <summary>/GROUP/PROJECT/-/project_members and /groups/GROUP/-/group_members, as GitLab's. Everyone may leave.</summary>
internal static class MemberPageEndpoints
{
    public static void MapMemberPages(this IEndpointRouteBuilder routes)
    {
        Map(routes, "/{project}/-/project_members", new AccessRule.ProjectPage(AccessLevel.Guest), new AccessRule.ProjectPage(AccessLevel.Maintainer));
        Map(routes, "/groups/{group}/-/group_members", new AccessRule.GroupPage(AccessLevel.Guest), new AccessRule.GroupPage(AccessLevel.Owner));
    }

    private static void Map(IEndpointRouteBuilder routes, string members, AccessRule member, AccessRule manager)
    {
        routes.MapGet(members, (MembersPlace at, HttpContext context, MemberPages pages) => pages.Show(at, context, MemberPages.Empty())).WithMetadata(member);
        routes.MapPost(members, (MembersPlace at, HttpContext context, MemberPages pages) => pages.Add(at, context)).WithMetadata(manager);
        routes.MapPost(members + "/{user:long}", (MembersPlace at, long user, HttpContext context, MemberPages pages) => pages.Change(at, user, context)).WithMetadata(manager);
        routes.MapPost(members + "/{user:long}/remove", (MembersPlace at, long user, HttpContext context, MemberPages pages) => pages.Remove(at, user, context)).WithMetadata(member);
    }
}

/// <summary>The project or group whose members a page is about, and who looks.</summary>
internal sealed record MembersPlace(MemberPlace Place, PlaceFrame Frame, Session? Session)
{
    public static ValueTask<MembersPlace?> BindAsync(HttpContext context)
    {
        var (frame, session) = PlaceFrames.Of(context, "members");
        var place = context.Features.Get<ProjectAccess>() is { } project ? MemberPlace.Of(project) : MemberPlace.Of(context.Features.Get<GroupAccess>()!);
        return ValueTask.FromResult<MembersPlace?>(new(place, frame, session));
    }
}

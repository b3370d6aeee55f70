using Berth.Server.Access;

namespace Berth.Server.Web.Places;

/// <summary>/groups/GROUP[/-/…]: what only groups have. The group's own page is at /GROUP.</summary>
internal static class GroupPageEndpoints
{
    public static void MapGroupPages(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/groups/{group}", (PlacePageAccess access) => Results.Redirect($"/{access.Place.FullPath}")).WithMetadata(new AccessRule.GroupPage(AccessLevel.None));
}

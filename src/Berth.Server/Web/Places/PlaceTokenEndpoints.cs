using Berth.Server.Access;
using Berth.Server.Configuration;

namespace Berth.Server.Web.Places;

/// <summary>/-/settings/access_tokens and /-/settings/deploy_tokens of projects (Maintainers) and groups (Owners), as by the REST API.</summary>
internal static class PlaceTokenEndpoints
{
    public static void MapPlaceTokenPages(this IEndpointRouteBuilder routes)
    {
        var project = new AccessRule.ProjectPage(AccessLevel.Maintainer);
        routes.MapGet("/{project}/-/settings/access_tokens", (ProjectPageAccess page, ProjectAccess access, HttpContext context, PlaceTokenPages pages, BerthSettings settings) =>
            pages.Show(TokenOwner.Of(access), PlaceFrames.Of(page, settings, "settings"), context)).WithMetadata(project);
        routes.MapPost("/{project}/-/settings/access_tokens", (ProjectPageAccess page, ProjectAccess access, HttpContext context, PlaceTokenPages pages, BerthSettings settings) =>
            pages.Create(TokenOwner.Of(access), PlaceFrames.Of(page, settings, "settings"), context)).WithMetadata(project);
        routes.MapPost("/{project}/-/settings/access_tokens/{token:long}/revoke", (ProjectPageAccess page, ProjectAccess access, long token, HttpContext context, PlaceTokenPages pages, BerthSettings settings) =>
            pages.Revoke(TokenOwner.Of(access), PlaceFrames.Of(page, settings, "settings"), token, context)).WithMetadata(project);
        routes.MapGet("/{project}/-/settings/deploy_tokens", (ProjectPageAccess page, ProjectAccess access, HttpContext context, PlaceTokenPages pages, BerthSettings settings) =>
            pages.ShowDeploy(TokenOwner.Of(access), PlaceFrames.Of(page, settings, "settings"), context)).WithMetadata(project);
        routes.MapPost("/{project}/-/settings/deploy_tokens", (ProjectPageAccess page, ProjectAccess access, HttpContext context, PlaceTokenPages pages, BerthSettings settings) =>
            pages.CreateDeploy(TokenOwner.Of(access), PlaceFrames.Of(page, settings, "settings"), context)).WithMetadata(project);
        routes.MapPost("/{project}/-/settings/deploy_tokens/{token:long}/revoke", (ProjectPageAccess page, ProjectAccess access, long token, HttpContext context, PlaceTokenPages pages, BerthSettings settings) =>
            pages.RevokeDeploy(TokenOwner.Of(access), PlaceFrames.Of(page, settings, "settings"), token, context)).WithMetadata(project);
        MapOfGroups(routes);
    }

    private static void MapOfGroups(IEndpointRouteBuilder routes)
    {
        var group = new AccessRule.GroupPage(AccessLevel.Owner);
        routes.MapGet("/groups/{group}/-/settings/access_tokens", (PlacePageAccess page, GroupAccess access, HttpContext context, PlaceTokenPages pages) =>
            pages.Show(TokenOwner.Of(access), PlaceFrames.Of(page, "settings"), context)).WithMetadata(group);
        routes.MapPost("/groups/{group}/-/settings/access_tokens", (PlacePageAccess page, GroupAccess access, HttpContext context, PlaceTokenPages pages) =>
            pages.Create(TokenOwner.Of(access), PlaceFrames.Of(page, "settings"), context)).WithMetadata(group);
        routes.MapPost("/groups/{group}/-/settings/access_tokens/{token:long}/revoke", (PlacePageAccess page, GroupAccess access, long token, HttpContext context, PlaceTokenPages pages) =>
            pages.Revoke(TokenOwner.Of(access), PlaceFrames.Of(page, "settings"), token, context)).WithMetadata(group);
        routes.MapGet("/groups/{group}/-/settings/deploy_tokens", (PlacePageAccess page, GroupAccess access, HttpContext context, PlaceTokenPages pages) =>
            pages.ShowDeploy(TokenOwner.Of(access), PlaceFrames.Of(page, "settings"), context)).WithMetadata(group);
        routes.MapPost("/groups/{group}/-/settings/deploy_tokens", (PlacePageAccess page, GroupAccess access, HttpContext context, PlaceTokenPages pages) =>
            pages.CreateDeploy(TokenOwner.Of(access), PlaceFrames.Of(page, "settings"), context)).WithMetadata(group);
        routes.MapPost("/groups/{group}/-/settings/deploy_tokens/{token:long}/revoke", (PlacePageAccess page, GroupAccess access, long token, HttpContext context, PlaceTokenPages pages) =>
            pages.RevokeDeploy(TokenOwner.Of(access), PlaceFrames.Of(page, "settings"), token, context)).WithMetadata(group);
    }
}

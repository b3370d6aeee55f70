using Berth.Server.Access;
using Berth.Server.Access.Pages;
using Berth.Server.Access.Tokens;

namespace Berth.Server.Web.Places;

/// <summary>/-/settings/access_tokens and /-/settings/deploy_tokens of projects (Maintainers) and groups (Owners), as by the REST API.</summary>
internal static class PlaceTokenEndpoints
{
    public static void MapPlaceTokenPages(this IEndpointRouteBuilder routes)
    {
        Map(routes, "/{project}/-/", new AccessRule.ProjectPage(AccessLevel.Maintainer));
        Map(routes, "/groups/{group}/-/", new AccessRule.GroupPage(AccessLevel.Owner));
    }

    private static void Map(IEndpointRouteBuilder routes, string place, AccessRule rule)
    {
        const string Access = PlaceTokenPages.Page, Deploy = DeployTokenPages.Page;
        routes.MapGet(place + Access, (TokensPlace at, HttpContext context, PlaceTokenPages pages) => pages.Show(at, context)).WithMetadata(rule);
        routes.MapPost(place + Access, (TokensPlace at, HttpContext context, PlaceTokenPages pages) => pages.Create(at, context)).WithMetadata(rule);
        routes.MapPost(place + Access + "/{token:long}/revoke", (TokensPlace at, long token, HttpContext context, PlaceTokenPages pages) => pages.Revoke(at, token, context)).WithMetadata(rule);
        routes.MapGet(place + Deploy, (TokensPlace at, HttpContext context, DeployTokenPages pages) => pages.Show(at, context)).WithMetadata(rule);
        routes.MapPost(place + Deploy, (TokensPlace at, HttpContext context, DeployTokenPages pages) => pages.Create(at, context)).WithMetadata(rule);
        routes.MapPost(place + Deploy + "/{token:long}/revoke", (TokensPlace at, long token, HttpContext context, DeployTokenPages pages) => pages.Revoke(at, token, context)).WithMetadata(rule);
    }
}

/// <summary>The project or group whose tokens a page is about, and who looks.</summary>
internal sealed record TokensPlace(TokenOwner Owner, PlaceFrame Frame, Session? Session)
{
    public static ValueTask<TokensPlace?> BindAsync(HttpContext context)
    {
        var (frame, session) = PlaceFrames.Of(context, "settings");
        var owner = context.Features.Get<ProjectAccess>() is { } project ? TokenOwner.Of(project) : TokenOwner.Of(context.Features.Get<GroupAccess>()!);
        return ValueTask.FromResult<TokensPlace?>(new(owner, frame, session));
    }

    public IResult Missing(HttpContext context) => PageResult.Refused(context, 404, $"This {Frame.Word} has no such token.");
}

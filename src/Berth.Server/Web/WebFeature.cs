using Berth.Server.Http;
using Berth.Server.Web.Account;
using Berth.Server.Web.Home;
using Berth.Server.Web.Places;

namespace Berth.Server.Web;

/// <summary>What the pages add to the server.</summary>
internal static class WebFeature
{
    public static void AddWeb(this IServiceCollection services) => services.AddSingleton<PageRenderer>().AddSingleton<JobPages>().AddSingleton<LogFollower>().AddSingleton<PlacePages>().AddSingleton<MemberPages>().AddSingleton<PlaceTokenPages>();

    public static void MapWeb(this IEndpointRouteBuilder routes)
    {
        routes = routes.WithHead();
        routes.MapAssets();
        routes.MapSignIn();
        routes.MapPasswordPage();
        routes.MapOwnTokenPages();
        routes.MapHomePage();
        routes.MapNewPlacePages();
        routes.MapGroupPages();
        routes.MapMemberPages();
        routes.MapProjectSettings();
        routes.MapGroupSettings();
        routes.MapPlaceTokenPages();
        routes.MapProjectPages();
        routes.MapImagePages();
        routes.MapPipelinePages();
        routes.MapJobPages();
    }
}

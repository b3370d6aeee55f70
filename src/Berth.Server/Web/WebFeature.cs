using Berth.Server.Database;
using Berth.Server.Http;
using Berth.Server.Web.Account;
using Berth.Server.Web.Administration;
using Berth.Server.Web.Ci;
using Berth.Server.Web.Home;
using Berth.Server.Web.Places;
using Berth.Server.Web.Search;
using Berth.Server.Web.Usage;

namespace Berth.Server.Web;

/// <summary>What the pages add to the server.</summary>
internal static class WebFeature
{
    public static void AddWeb(this IServiceCollection services) => services.AddSingleton<PageRenderer>().AddSingleton<JobPages>().AddSingleton<LogFollower>().AddSingleton<PlacePages>().AddSingleton<MemberPages>().AddSingleton<PlaceTokenPages>().AddSingleton<DeployTokenPages>()
        .AddSingleton<ProjectOverview>().AddSingleton<ManifestPages>().AddSingleton<ArtifactContents>().AddSingleton<CiSettingsPages>().AddSingleton<UserAdminPages>().AddSingleton<WaitingTasks>().AddSingleton<TrashPages>();

    public static void MapWeb(this IEndpointRouteBuilder routes)
    {
        routes = routes.WithHead();
        routes.MapAssets();
        routes.MapSignIn();
        routes.MapProfilePage();
        routes.MapPasswordPage();
        routes.MapOwnTokenPages();
        routes.MapHomePage();
        routes.MapSearchPage();
        routes.MapNewPlacePages();
        routes.MapGroupPages();
        routes.MapMemberPages();
        routes.MapProjectSettings();
        routes.MapGroupSettings();
        routes.MapPlaceTokenPages();
        routes.MapProjectPages();
        routes.MapImagePages();
        routes.MapManifestPages();
        routes.MapTrashPages();
        routes.MapRulePage();
        routes.MapDeletedPage();
        routes.MapRestorePages();
        routes.MapDeletedProjects();
        routes.MapPipelinePages();
        routes.MapJobPages();
        routes.MapNewPipeline();
        routes.MapCiSettings();
        routes.MapUsagePages();
        routes.MapInstancePages();
        routes.MapUserAdministration();
        routes.MapPlaceAdministration();
        routes.MapRunnerPages();
        routes.MapAuditPage();
    }
}

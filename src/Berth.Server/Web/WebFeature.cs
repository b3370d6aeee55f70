namespace Berth.Server.Web;

/// <summary>What the pages add to the server.</summary>
internal static class WebFeature
{
    public static void AddWeb(this IServiceCollection services) => services.AddSingleton<PageRenderer>().AddSingleton<JobPages>().AddSingleton<LogFollower>()
        .AddSingleton<ManifestPages>().AddSingleton<ArtifactContents>().AddSingleton<TrashPages>();

    public static void MapWeb(this IEndpointRouteBuilder routes)
    {
        routes.MapAssets();
        routes.MapSignIn();
        routes.MapHomePage();
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
    }
}

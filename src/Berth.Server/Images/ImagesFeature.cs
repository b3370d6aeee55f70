namespace Berth.Server.Images;

/// <summary>What the folder adds to the server.</summary>
internal static class ImagesFeature
{
    public static void AddImages(this IServiceCollection services)
    {
        services.AddSingleton<ProjectImages>().AddSingleton<RegistryRepositories>().AddSingleton<TagHistory>().AddSingleton<Usage>().AddSingleton<ImageSearch>()
            .AddSingleton<ImageTags>().AddSingleton<ImageManifests>();
        services.AddSingleton<InstanceStorage>().AddHostedService(provider => provider.GetRequiredService<InstanceStorage>());
        services.AddHostedService<UsageCounter>().AddHostedService<ImageWords>().AddHostedService<LabelIndexer>();
    }

    public static void MapImages(this IEndpointRouteBuilder routes)
    {
        routes.MapRepositories();
        routes.MapRegistryTags();
        routes.MapTagEvents();
        routes.MapUsage();
        routes.MapSearch();
        routes.MapImageManifests();
    }
}

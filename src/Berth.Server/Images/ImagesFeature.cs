namespace Berth.Server.Images;

/// <summary>What the folder adds to the server.</summary>
internal static class ImagesFeature
{
    public static void AddImages(this IServiceCollection services) => services.AddSingleton<ProjectImages>().AddSingleton<ImageTags>().AddSingleton<ImageManifests>();

    public static void MapImages(this IEndpointRouteBuilder routes) => routes.MapImageManifests();
}

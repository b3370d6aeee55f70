namespace Berth.Server.Lifecycle;

/// <summary>What the folder adds to the server.</summary>
internal static class LifecycleFeature
{
    public static void AddLifecycle(this IServiceCollection services)
    {
        services.AddSingleton<TagTrash>().AddSingleton<TagRestores>().AddSingleton<DeletedTags>().AddSingleton<RepositoryTrash>().AddSingleton<ManifestRelations>();
        services.AddSingleton<TagDeletions>().AddHostedService(provider => provider.GetRequiredService<TagDeletions>());
    }

    public static void MapLifecycle(this IEndpointRouteBuilder routes)
    {
        routes.MapTagDeletions();
        routes.MapRestores();
    }
}

namespace Berth.Server.Ci;

/// <summary>What CI adds to the server.</summary>
internal static class CiFeature
{
    public static void AddCi(this IServiceCollection services)
    {
        services.AddSingleton<JobQueue>().AddSingleton<Jobs>().AddSingleton<JobTokens>().AddSingleton<JobHandover>().AddSingleton<Runners>().AddSingleton<Traces>()
            .AddSingleton<Artifacts>().AddSingleton<ObjectUploads>().AddSingleton<CiVariables>().AddSingleton<ProjectPipelines>();
        services.AddSingleton<PipelineStarter>().AddHostedService(provider => provider.GetRequiredService<PipelineStarter>());
        services.AddSingleton<StuckJobs>().AddHostedService(provider => provider.GetRequiredService<StuckJobs>());
        services.AddSingleton<TraceArchiver>().AddHostedService(provider => provider.GetRequiredService<TraceArchiver>());
    }

    public static void MapCi(this IEndpointRouteBuilder routes)
    {
        routes.MapRunners();
        routes.MapRunnerAdministration();
        routes.MapJobRequests();
        routes.MapJobReports();
        routes.MapArtifacts();
        routes.MapPipelines();
        routes.MapVariables();
    }
}

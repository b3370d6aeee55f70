using Berth.Server.Access;
using Berth.Server.Database;
using Berth.Server.Http;
using Berth.Server.Http.Tls;
using Berth.Server.Storage;

namespace Berth.Server.Operation;

/// <summary>/-/liveness, /-/readiness, /-/metrics and /-/ca.pem.</summary>
internal static class HealthEndpoints
{
    /// <summary>An upload that never was: asking for it asks the store.</summary>
    private const string NoUpload = "00000000000000000000000000000000";

    public static void MapHealth(this IEndpointRouteBuilder routes, ServerCertificate? certificate)
    {
        routes = routes.WithHead();
        routes.MapGet("/-/liveness", () => Results.Text("alive\n")).WithMetadata(new AccessRule.Open("says only that the process answers"));
        routes.MapGet("/-/readiness", Readiness).WithMetadata(new AccessRule.Open("says only whether database and storage answer"));
        routes.MapPrometheusScrapingEndpoint("/-/metrics").WithMetadata(new AccessRule.Open("numbers that name no project and no user"));
        if (certificate?.AuthorityPem is { } pem)
            routes.MapGet("/-/ca.pem", () => Results.Text(pem, "application/x-pem-file")).WithMetadata(new AccessRule.Open("the public certificate of this server's CA"));
    }

    private static async Task<IResult> Readiness(MetadataDatabase database, IBlobStorage storage, ILogger<ReadinessLog> log, CancellationToken cancellationToken)
    {
        try
        {
            await using (var connection = await database.OpenRead(cancellationToken))
                await connection.QueryFirstOrDefault<long>(AccessQueries.RightsVersion, null, cancellationToken);
            await storage.UploadLength(NoUpload, cancellationToken);
            return Results.Text("ready\n");
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            log.NotReady(failure);
            return Results.Text("database or storage does not answer; the log says why\n", statusCode: 503);
        }
    }

    internal sealed class ReadinessLog;
}

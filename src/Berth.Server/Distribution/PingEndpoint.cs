using Berth.Server.Access;

namespace Berth.Server.Distribution;

/// <summary>/v2/ (distribution-spec end-1): is this a registry, and is the login good.</summary>
internal static class PingEndpoint
{
    public static void MapPing(this IEndpointRouteBuilder routes) =>
        routes.MapMethods("/v2", [HttpMethods.Get, HttpMethods.Head], Ping).WithMetadata(new AccessRule.RegistryPing());

    private static IResult Ping() => Results.Text("{}", "application/json");
}

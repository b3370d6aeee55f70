using Berth.Server.Access;
using Berth.Server.Configuration;

namespace Berth.Server.Operation;

/// <summary>/api/v4/version and /api/v4/metadata: GitLab's shape, Berth's own version.</summary>
internal static class VersionEndpoints
{
    public static void MapVersion(this IEndpointRouteBuilder routes)
    {
        var rule = new AccessRule.Api(TokenScopes.Api | TokenScopes.ReadApi | TokenScopes.ReadUser);
        routes.MapGet("/api/v4/version", View).WithSummary("Shows the version").Produces<ApiVersion>().WithMetadata(rule);
        routes.MapGet("/api/v4/metadata", View).WithSummary("Shows the version, and more of the server").Produces<ApiVersion>().WithMetadata(rule);
    }

    private static IResult View()
    {
        var parts = BerthCommand.Version.Split('+', 2);
        return Results.Json(new ApiVersion(parts[0], parts.Length > 1 ? parts[1] : "unknown", new ApiAgentServer(Enabled: false, ExternalUrl: null, Version: null), Enterprise: false));
    }

    internal sealed record ApiVersion(string Version, string Revision, ApiAgentServer Kas, bool Enterprise);

    internal sealed record ApiAgentServer(bool Enabled, string? ExternalUrl, string? Version);
}

using Berth.Server.Access;
using Berth.Server.Configuration;

namespace Berth.Server.Operation;

/// <summary>/api/v4/version and /api/v4/metadata: GitLab's shape, Berth's own version.</summary>
internal static class VersionEndpoints
{
    public static void MapVersion(this IEndpointRouteBuilder routes)
    {
        var rule = new AccessRule.Api(TokenScopes.Api | TokenScopes.ReadApi | TokenScopes.ReadUser);
        routes.MapGet("/api/v4/version", View).WithSummary("Shows the version").WithMetadata(rule);
        routes.MapGet("/api/v4/metadata", View).WithSummary("Shows the version, and more of the server").WithMetadata(rule);
    }

    private static IResult View()
    {
        var parts = BerthCommand.Version.Split('+', 2);
        return Results.Json(new
        {
            version = parts[0],
            revision = parts.Length > 1 ? parts[1] : "unknown",
            kas = new { enabled = false, external_url = (string?)null, version = (string?)null },
            enterprise = false,
        });
    }
}

using System.Globalization;
using Berth.Server.Access;
using Berth.Server.Configuration;
using Berth.Server.Http;

namespace Berth.Server.Images;

/// <summary>How much the images of a project or group hold: Berth's own, beside GitLab's routes (docs/api-images.md).</summary>
internal static class UsageEndpoints
{
    private const int DefaultDays = 30;

    public static void MapUsage(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v4/projects/{id}/registry/usage", OfProject).WithSummary("Shows how much a project's images take, by repository and day").Produces<ApiProjectUsage>().WithMetadata(new AccessRule.ProjectImages(RepositoryEndpoints.Reads, AccessLevel.Reporter)).WithMetadata(new ApiParameter("days", "How many days back, today included."), ApiParameter.PerPage);
        routes.MapGet("/api/v4/groups/{id}/registry/usage", OfGroup).WithSummary("Shows how much the images of a group's projects take").Produces<ApiGroupUsage>().WithMetadata(new AccessRule.Group(RepositoryEndpoints.Reads, AccessLevel.Reporter)).WithMetadata(new ApiParameter("days", "How many days back, today included."), ApiParameter.PerPage);
    }

    private static async Task<IResult> OfProject(ImagesAccess access, HttpContext context, Usage usage, BerthSettings settings, CancellationToken cancellationToken)
    {
        if (Days(context.Request) is not { } days)
            return BadDays;
        var found = await usage.OfProject(access, days, ApiKeyset.Size(context.Request), cancellationToken);
        return Results.Json(new ApiProjectUsage(found, settings));
    }

    private static async Task<IResult> OfGroup(GroupAccess access, HttpContext context, Usage usage, CancellationToken cancellationToken)
    {
        if (Days(context.Request) is not { } days)
            return BadDays;
        var found = await usage.OfGroup(access, days, ApiKeyset.Size(context.Request), cancellationToken);
        return Results.Json(new ApiGroupUsage(found));
    }

    private static IResult BadDays => ApiError.BadRequest($"days does not have a valid value: 1 to {Usage.MaxDays}");

    private static int? Days(HttpRequest request)
    {
        if (request.Query["days"].ToString() is not { Length: > 0 } text)
            return DefaultDays;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var days) && days is > 0 and <= Usage.MaxDays ? days : null;
    }
}

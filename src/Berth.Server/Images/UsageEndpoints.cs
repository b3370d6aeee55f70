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
        routes.MapGet("/api/v4/projects/{id}/registry/usage", OfProject).WithMetadata(new AccessRule.ProjectImages(RepositoryEndpoints.Reads, AccessLevel.Reporter));
        routes.MapGet("/api/v4/groups/{id}/registry/usage", OfGroup).WithMetadata(new AccessRule.Group(RepositoryEndpoints.Reads, AccessLevel.Reporter));
    }

    private static async Task<IResult> OfProject(ImagesAccess access, HttpContext context, Usage usage, BerthSettings settings, CancellationToken cancellationToken)
    {
        if (Days(context.Request) is not { } days)
            return BadDays;
        var found = await usage.OfProject(access, days, ApiKeyset.Size(context.Request), cancellationToken);
        return Results.Json(new
        {
            size = found.Total.Size,
            shared_size = found.Total.SharedSize,
            repositories = found.Largest.Select(row => new
            {
                id = row.Id,
                name = row.Name,
                path = row.ImageName,
                location = $"{settings.RegistryHost}/{row.ImageName}",
                size = row.Size,
                tags_count = row.TagCount,
                last_published_at = ApiTime.Of(row.LastPublishedAt),
            }),
            days = found.Days.Select(View),
        });
    }

    private static async Task<IResult> OfGroup(GroupAccess access, HttpContext context, Usage usage, CancellationToken cancellationToken)
    {
        if (Days(context.Request) is not { } days)
            return BadDays;
        var found = await usage.OfGroup(access, days, ApiKeyset.Size(context.Request), cancellationToken);
        return Results.Json(new
        {
            size = found.Total.Size,
            shared_size = found.Total.SharedSize,
            projects = found.Largest.Select(row => new { id = row.Id, path_with_namespace = row.Path, size = row.Size, shared_size = row.SharedSize }),
            days = found.Days.Select(View),
        });
    }

    private static IResult BadDays => ApiError.BadRequest($"days does not have a valid value: 1 to {Usage.MaxDays}");

    private static int? Days(HttpRequest request)
    {
        if (request.Query["days"].ToString() is not { Length: > 0 } text)
            return DefaultDays;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var days) && days is > 0 and <= Usage.MaxDays ? days : null;
    }

    private static object View(DaySize day) => new { date = day.Date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), size = day.Size, change = day.Change };
}

using System.Globalization;
using Berth.Server.Access;
using Berth.Server.Configuration;
using Berth.Server.Web.Places;
using ImageUsage = Berth.Server.Images.Usage;

namespace Berth.Server.Web.Usage;

/// <summary>/GROUP/PROJECT/-/usage_quotas and /groups/GROUP/-/usage_quotas, as GitLab's: how much images hold, by what, and over time.</summary>
internal static class UsagePageEndpoints
{
    public const string Page = "usage_quotas";

    /// <summary>Bars; the rest is in the REST API.</summary>
    private const int Largest = 20;

    private static readonly int[] Periods = [7, 30, 90, 365];

    public static void MapUsagePages(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/{project}/-/" + Page, OfProject).WithMetadata(new AccessRule.ProjectPage(AccessLevel.Reporter, Images: true));
        routes.MapGet("/groups/{group}/-/" + Page, OfGroup).WithMetadata(new AccessRule.GroupPage(AccessLevel.Reporter));
    }

    private static async Task<IResult> OfProject(ProjectPageAccess page, ImagesAccess access, HttpContext context, ImageUsage usage, BerthSettings settings, TimeProvider time)
    {
        var days = Days(context);
        var found = await usage.OfProject(access, days, Largest, context.RequestAborted);
        var bars = found.Largest.Select(row => new UsageBar(row.ImageName, $"/{access.Project.FullPath}/-/container_registry/{row.Id}", row.Size, row.TagCount == 1 ? "1 tag" : string.Create(CultureInfo.InvariantCulture, $"{row.TagCount} tags")));
        var chart = new UsageChart([.. found.Days.Select(day => new UsageDay(day.Date, day.Size, day.Change))]);
        return PageResult.Of<UsagePage>(Viewer.Of(page.Session, time), new UsageView(PlaceFrames.Of(page, settings, "usage"), found.Size, found.SharedSize, [.. bars], chart, days));
    }

    private static async Task<IResult> OfGroup(PlacePageAccess page, GroupAccess access, HttpContext context, ImageUsage usage, TimeProvider time)
    {
        var days = Days(context);
        var found = await usage.OfGroup(access, days, Largest, context.RequestAborted);
        var bars = found.Largest.Select(row => new UsageBar(row.Path, $"/{row.Path}/-/{Page}", row.Size, row.SharedSize > 0 ? $"{BinarySize.Of(row.SharedSize)} of it more than once" : ""));
        var chart = new UsageChart([.. found.Days.Select(day => new UsageDay(day.Date, day.Size, day.Change))]);
        return PageResult.Of<UsagePage>(Viewer.Of(page.Session, time), new UsageView(PlaceFrames.Of(page, "usage"), found.Size, found.SharedSize, [.. bars], chart, days));
    }

    private static int Days(HttpContext context) => PageQuery.Number(context, "days") is { } asked && Periods.Contains((int)Math.Min(asked, int.MaxValue)) ? (int)asked : 30;
}

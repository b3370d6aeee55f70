using System.Globalization;
using Berth.Server.Access;
using Berth.Server.Configuration;

namespace Berth.Server.Images;

/// <summary>How much a project's images hold, as the API shows it. Bytes; shared ones count in each repository that has them.</summary>
internal sealed class ApiProjectUsage(ProjectUsage usage, BerthSettings settings)
{
    public long Size => usage.Size;
    public long SharedSize => usage.SharedSize;

    /// <summary>The largest first.</summary>
    public IEnumerable<ApiRepositoryUsage> Repositories => usage.Largest.Select(row =>
        new ApiRepositoryUsage(row.Id, row.Name, row.ImageName, $"{settings.RegistryHost}/{row.ImageName}", row.Size, row.TagCount, ApiTime.Of(row.LastPublishedAt)));

    public IEnumerable<ApiDayUsage> Days => usage.Days.Select(ApiDayUsage.Of);
}

/// <summary>How much the images of a group's projects hold, as the API shows it. Bytes.</summary>
internal sealed class ApiGroupUsage(GroupUsage usage)
{
    public long Size => usage.Size;
    public long SharedSize => usage.SharedSize;

    /// <summary>The largest first.</summary>
    public IEnumerable<ApiUsageOfProject> Projects => usage.Largest.Select(row => new ApiUsageOfProject(row.Id, row.Path, row.Size, row.SharedSize));

    public IEnumerable<ApiDayUsage> Days => usage.Days.Select(ApiDayUsage.Of);
}

internal sealed record ApiRepositoryUsage(long Id, string Name, string Path, string Location, long Size, long TagsCount, string? LastPublishedAt);

internal sealed record ApiUsageOfProject(long Id, string PathWithNamespace, long Size, long SharedSize);

/// <summary>What was held at the end of a day, and how that changed in it.</summary>
internal sealed record ApiDayUsage(string Date, long Size, long Change)
{
    public static ApiDayUsage Of(DaySize day) => new(day.Date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), day.Size, day.Change);
}

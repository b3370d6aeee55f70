using Berth.Server.Access;
using Berth.Server.Database;

namespace Berth.Server.Images;

/// <summary>How much the images of a project or group hold: now, what of it is there more than once, and how that grew by days.</summary>
internal sealed class Usage(MetadataDatabase database, TimeProvider time)
{
    public const int MaxDays = 366;

    public async Task<ProjectUsage> OfProject(ImagesAccess access, int days, int largest, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenRead(cancellationToken);
        var today = Today;
        var of = new { project = access.Project.Id, from = today - days + 1, dayLength = Clock.Day, limit = largest };
        var rows = await connection.Query<UsageRow>(UsageQueries.OfProject, of, cancellationToken);
        return new ProjectUsage(rows[0].Size, rows[0].SharedSize,
            await connection.Query<RepositoryRow>(RepositoryQueries.LargestOfProject, of, cancellationToken), Series(rows, today, days));
    }

    /// <summary>Of all projects in the group and its subgroups.</summary>
    public async Task<GroupUsage> OfGroup(GroupAccess access, int days, int largest, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenRead(cancellationToken);
        var today = Today;
        var of = new { group = access.Group.Id, from = today - days + 1, dayLength = Clock.Day, limit = largest };
        var rows = await connection.Query<UsageRow>(UsageQueries.OfGroup, of, cancellationToken);
        return new GroupUsage(rows[0].Size, rows[0].SharedSize,
            await connection.Query<ProjectSizeRow>(UsageQueries.LargestOfGroup, of, cancellationToken), Series(rows, today, days));
    }

    private long Today => time.Micros() / Clock.Day;

    /// <summary>The size at the end of each day, the last of them today, from what is there now backwards.</summary>
    private static List<DaySize> Series(List<UsageRow> rows, long today, int days)
    {
        var byDay = rows.ToDictionary(row => row.Day, row => row.Bytes);
        // Changes of a moment ago may be dated behind today's end by a clock that was set; they count as today's.
        byDay[today] = byDay.Where(change => change.Key >= today).Sum(change => change.Value);
        var series = new List<DaySize>(days);
        var size = rows[0].Size;
        for (var day = today; day > today - days; day--)
        {
            var change = byDay.GetValueOrDefault(day);
            series.Add(new DaySize(DateOnly.FromDayNumber(DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber + (int)day), size, change));
            size -= change;
        }
        series.Reverse();
        return series;
    }

    /// <summary>What is held now, and by how much one day changed that. Bytes.</summary>
    private sealed record UsageRow
    {
        public long Size { get; init; }

        public long SharedSize { get; init; }

        public long Day { get; init; }

        public long Bytes { get; init; }
    }
}

/// <summary>A project of a group, bytes of its images.</summary>
internal sealed record ProjectSizeRow
{
    public long Id { get; init; }

    public string Path { get; init; } = "";

    public long Size { get; init; }

    public long SharedSize { get; init; }
}

/// <summary>Bytes at a day's end, and by how much that day changed them.</summary>
internal readonly record struct DaySize(DateOnly Date, long Size, long Change);

internal sealed record ProjectUsage(long Size, long SharedSize, List<RepositoryRow> Largest, List<DaySize> Days);

internal sealed record GroupUsage(long Size, long SharedSize, List<ProjectSizeRow> Largest, List<DaySize> Days);

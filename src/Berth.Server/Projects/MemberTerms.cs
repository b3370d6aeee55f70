using System.Globalization;
using Berth.Server.Access;
using Berth.Server.Database;

namespace Berth.Server.Projects;

/// <summary>The role and the end of a membership, as forms and the REST API write them.</summary>
internal static class MemberTerms
{
    public static readonly IReadOnlyList<AccessLevel> Roles = [AccessLevel.Guest, AccessLevel.Reporter, AccessLevel.Developer, AccessLevel.Maintainer, AccessLevel.Owner];

    /// <summary>A membership ends as its day begins, UTC, in microseconds; an empty text is no end. <c>IsMalformed</c>: it is no day.</summary>
    public static (long? End, bool IsMalformed, string? Refusal) ReadEnd(string? text, TimeProvider time)
    {
        if (string.IsNullOrEmpty(text))
            return (null, false, null);
        if (!DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
            return (null, true, "is invalid: a day is written 2030-12-31");
        return day <= DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime)
            ? (null, false, "cannot be a date in the past")
            : (Clock.Micros(new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero)), false, null);
    }
}

using Berth.Server.Configuration;
using Berth.Server.Database;

namespace Berth.Server.Access.Tokens;

/// <summary>How long access tokens live: every one ends as a day begins (UTC), by the settings' default and no later than their most.</summary>
internal sealed class TokenLifetimes(BerthSettings settings, TimeProvider time)
{
    /// <summary>GitLab's, for a token made by rotation.</summary>
    private const int RotatedDays = 7;

    /// <summary>The end of a new token in microseconds, or why the wish is refused.</summary>
    public (long ExpiresAt, string? Refusal) ForNew(DateOnly? wanted) => Check(wanted, settings.TokensDefaultLifetime.Days);

    public (long ExpiresAt, string? Refusal) ForRotated(DateOnly? wanted) => Check(wanted, RotatedDays);

    private (long ExpiresAt, string? Refusal) Check(DateOnly? wanted, int defaultDays)
    {
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        var last = today.AddDays(settings.TokensMaxLifetime.Days);
        var day = wanted ?? today.AddDays(Math.Min(defaultDays, settings.TokensMaxLifetime.Days));
        var refusal = day <= today ? "must be a day in the future" : day > last ? $"must be no later than {last:yyyy-MM-dd}: tokens live {settings.TokensMaxLifetime.Days} days at most" : null;
        return (Clock.Micros(new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero)), refusal);
    }
}

namespace Berth.Pipelines;

/// <summary>Durations in words (<c>1h 30m</c>, <c>3 hours</c>, <c>2 weeks and 1 day</c>), as GitLab takes them in timeouts and expiries.</summary>
public static class Durations
{
    /// <summary>A plain number is seconds. False for anything that is no duration, and for those over 1,000 years.</summary>
    public static bool TryParse(string text, out TimeSpan duration) => throw new NotImplementedException();
}

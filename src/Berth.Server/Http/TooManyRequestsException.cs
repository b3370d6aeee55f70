namespace Berth.Server.Http;

/// <summary>
/// The caller has to wait: 429, or 403 while an address is banned. Thrown from below the endpoints, since it may come up wherever a
/// credential is checked; <see cref="Faults"/> answers in the shape of each API, with Retry-After.
/// </summary>
internal sealed class TooManyRequestsException(int status, TimeSpan retryAfter, string message) : Exception(message)
{
    public int Status { get; } = status;

    /// <summary>Whole seconds, at least one: what Retry-After takes (RFC 9110, section 10.2.3).</summary>
    public int RetryAfterSeconds { get; } = (int)Math.Clamp(Math.Ceiling(retryAfter.TotalSeconds), 1, int.MaxValue);

    public void SetHeader(HttpResponse response) => response.Headers.RetryAfter = RetryAfterSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

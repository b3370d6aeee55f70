using System.Net;
using Berth.Server.Access.Audit;
using Berth.Server.Database;
using Berth.Server.Http;

namespace Berth.Server.Access.Login;

/// <summary>
/// Stands before every check of a password: makes who failed wait (429) or go away (403), and writes bans down. A valid token never
/// comes here, so nothing that others do at an address or to an account stops a build.
/// </summary>
internal sealed class LoginThrottle(LoginFailures failures, RateLimits limits, AccessMetrics metrics, MetadataDatabase database, TimeProvider time, ILogger<LoginThrottle> log)
{
    private long _auditHour;
    private int _auditedBans;

    /// <summary>Checks a password by <paramref name="check"/> unless its turn has not come. Null of it is a wrong one.</summary>
    /// <exception cref="TooManyRequestsException">To be tried again later.</exception>
    public async Task<Caller?> Check(IPAddress? address, string username, string password, Func<Task<Caller?>> check)
    {
        limits.DemandSignIn(address);
        var (wait, attempt) = failures.Begin(address, username, password);
        if (wait is { } told)
            throw Refusal(told);
        Caller? caller;
        try
        {
            caller = await check();
        }
        catch (Exception failure)
        {
            if (failure is TooManyRequestsException)
                metrics.Refused("busy");
            failures.Abandoned(attempt);
            throw;
        }
        if (caller is not null)
        {
            failures.Succeeded(attempt);
            return caller;
        }
        metrics.Refused("wrong_password");
        if (failures.Failed(attempt) is { } ban)
            await Record(address, ban);
        return null;
    }

    /// <summary>An unknown, revoked or expired token was presented.</summary>
    /// <exception cref="TooManyRequestsException">The address is banned.</exception>
    public async Task NoteWrongToken(IPAddress? address, string secret)
    {
        var (wait, ban) = failures.FailedToken(address, secret);
        if (wait is { } told)
            throw Refusal(told);
        metrics.Refused("wrong_token");
        if (ban is { } brought)
            await Record(address, brought);
    }

    private TooManyRequestsException Refusal(LoginWait wait)
    {
        metrics.Refused(wait.IsBan ? "ban" : "delay");
        var span = TimeSpan.FromMicroseconds(wait.Micros);
        var words = span.TotalSeconds < 90 ? $"{Math.Max(1, Math.Ceiling(span.TotalSeconds)):0} seconds" : $"{Math.Ceiling(span.TotalMinutes):0} minutes";
        return wait.IsBan
            ? new TooManyRequestsException(403, span, $"too many wrong passwords or tokens came from your address, so it may try none for {words}; valid tokens go on working")
            : new TooManyRequestsException(429, span, $"too many wrong passwords: wait {words}, then try again; valid tokens go on working");
    }

    private async Task Record(IPAddress? address, LoginBan ban)
    {
        log.AddressBanned(address, ban.Failures, (int)ban.Duration.TotalMinutes);
        metrics.Banned();
        var now = time.Micros();
        var hour = now / Clock.Hour;
        if (Interlocked.Exchange(ref _auditHour, hour) != hour)
            Interlocked.Exchange(ref _auditedBans, 0);
        if (Interlocked.Increment(ref _auditedBans) > LoginLimits.MaxAuditedBans)
            return;
        try
        {
            await database.Write(transaction => AuditEvents.Record(transaction, new(now, AuditActor.System with { Address = address }, "login.ban", AuditEntity.Instance)
            {
                Target = new("address", null, address?.ToString() ?? ""),
                Details = new { failures = ban.Failures, seconds = (long)ban.Duration.TotalSeconds },
            }), Durability.Process);
        }
        catch (Exception failure)
        {
            log.BanNotRecorded(failure);
        }
    }
}

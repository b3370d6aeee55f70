using System.Net;
using System.Security.Cryptography;
using System.Text;
using Berth.Server.Database;
using Berth.Server.Http;

namespace Berth.Server.Access.Login;

/// <summary>
/// Counts failed logins by address and by account, in memory of a fixed size (<see cref="LoginLimits"/> has the numbers). An attempt
/// counts as failed from its start, so that a crowd at once gets no more tries than a queue; a good one takes that back.
/// </summary>
internal sealed class LoginFailures(TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private readonly RecentTable<UInt128, AddressState> _addresses = new(LoginLimits.MaxEntries);
    private readonly RecentTable<UInt128, Level> _accounts = new(LoginLimits.MaxEntries);
    private readonly RecentTable<(UInt128 Range, UInt128 Account), long> _goodLogins = new(LoginLimits.MaxEntries);
    private readonly RecentTable<(UInt128 Range, UInt128 Account), long> _promises = new(LoginLimits.MaxEntries);
    private readonly RecentTable<(UInt128 Range, UInt128 Credentials), long> _tried = new(LoginLimits.MaxEntries);

    /// <summary>Begins to check a password: how long to wait instead, or the attempt, to be ended by one of the methods below.</summary>
    public (LoginWait? Wait, LoginAttempt Attempt) Begin(IPAddress? address, string username, string secret)
    {
        var range = ClientAddress.Range(address);
        var account = Print(username.ToLowerInvariant());
        var attempt = new LoginAttempt(range, account, Print(username, secret), Counts: true);
        lock (_gate)
        {
            var now = time.Micros();
            if (Banned(range, now) is { } ban)
                return (ban, attempt with { Counts = false });
            if (HasTried(attempt, now))
                return (null, attempt with { Counts = false });
            if ((AddressWait(range, now) ?? AccountWait(attempt, now)) is { } wait)
                return (wait, attempt with { Counts = false });
            Count(attempt, now);
            return (null, attempt);
        }
    }

    public void Succeeded(LoginAttempt attempt)
    {
        lock (_gate)
        {
            Undo(attempt);
            _accounts.Remove(attempt.Account);
            _goodLogins.Set((attempt.Range ?? 0, attempt.Account), time.Micros());
        }
    }

    /// <summary>The attempt was not looked at.</summary>
    public void Abandoned(LoginAttempt attempt)
    {
        lock (_gate)
            Undo(attempt);
    }

    /// <summary>The ban that the failure brought on its address; null as a rule.</summary>
    public LoginBan? Failed(LoginAttempt attempt)
    {
        lock (_gate)
            return attempt.Counts ? BanIfDue(attempt.Range, time.Micros()) : null;
    }

    /// <summary>An unknown token: it belongs to no account. The wait, if its address is banned, and the ban, if this brought it on.</summary>
    public (LoginWait? Wait, LoginBan? Ban) FailedToken(IPAddress? address, string secret)
    {
        if (ClientAddress.Range(address) is not { } range)
            return (null, null);
        var attempt = new LoginAttempt(range, Account: 0, Print(secret), Counts: true);
        lock (_gate)
        {
            var now = time.Micros();
            if (Banned(range, now) is { } wait)
                return (wait, null);
            if (HasTried(attempt, now))
                return (null, null);
            Count(attempt, now);
            return (null, BanIfDue(range, now));
        }
    }

    /// <summary>Of names and secrets only a keyed hash is kept.</summary>
    private UInt128 Print(params ReadOnlySpan<string> texts)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _key);
        foreach (var text in texts)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(text));
            hash.AppendData([0xff]);
        }
        Span<byte> print = stackalloc byte[32];
        hash.GetCurrentHash(print);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(print);
    }

    private bool HasTried(LoginAttempt attempt, long now) =>
        _tried.Find((attempt.Range ?? 0, attempt.Credentials)) is { } at && now - at < LoginLimits.SameCredentials;

    private void Count(LoginAttempt attempt, long now)
    {
        _tried.Set((attempt.Range ?? 0, attempt.Credentials), now);
        if (attempt.Range is { } range)
        {
            var state = _addresses.Find(range) ?? default;
            _addresses.Set(range, state with { Failures = state.Failures.Raise(now, LoginLimits.AddressForgets) });
        }
        if (attempt.Account != 0)
            _accounts.Set(attempt.Account, (_accounts.Find(attempt.Account) ?? default).Raise(now, LoginLimits.AccountForgets));
    }

    private void Undo(LoginAttempt attempt)
    {
        if (!attempt.Counts)
            return;
        _tried.Remove((attempt.Range ?? 0, attempt.Credentials));
        if (attempt.Range is { } range && _addresses.Find(range) is { } state)
            _addresses.Set(range, state with { Failures = state.Failures.Lower() });
        if (_accounts.Find(attempt.Account) is { } level)
            _accounts.Set(attempt.Account, level.Lower());
    }

    private LoginWait? Banned(UInt128? range, long now) =>
        range is { } known && _addresses.Find(known) is { } state && state.BannedUntil > now ? new LoginWait(state.BannedUntil - now, IsBan: true) : null;

    private LoginWait? AddressWait(UInt128? range, long now) => range is { } known && _addresses.Find(known) is { } state
        ? Wait(state.Failures, now, LoginLimits.AddressForgets, LoginLimits.FreeOfAddress, LoginLimits.LongestAddressDelay)
        : null;

    /// <summary>
    /// Not for addresses that logged in to the account before. Who is told to wait and comes back after it is let in once, however
    /// busily others try meanwhile: so nobody can keep an account's owner out.
    /// </summary>
    private LoginWait? AccountWait(LoginAttempt attempt, long now)
    {
        var pair = (attempt.Range ?? 0, attempt.Account);
        if (_accounts.Find(attempt.Account) is not { } failures
            || Wait(failures, now, LoginLimits.AccountForgets, LoginLimits.FreeOfAccount, LoginLimits.LongestAccountDelay) is not { } wait
            || (_goodLogins.Find(pair) is { } good && now - good < LoginLimits.RemembersGoodLogin))
            return null;
        if (_promises.Find(pair) is not { } promised)
            _promises.Set(pair, now + wait.Micros);
        else if (promised <= now)
        {
            _promises.Remove(pair);
            return null;
        }
        else
            return wait with { Micros = promised - now };
        return wait;
    }

    /// <summary>Doubles with each failure beyond the free ones, counted from the last.</summary>
    private static LoginWait? Wait(Level failures, long now, long forgets, int free, long longest)
    {
        var beyond = failures.At(now, forgets) - free;
        if (beyond < 0)
            return null;
        var delay = Math.Min(longest, Clock.Second << Math.Min(beyond, 20));
        return failures.ChangedAt + delay > now ? new LoginWait(failures.ChangedAt + delay - now, IsBan: false) : null;
    }

    private LoginBan? BanIfDue(UInt128? range, long now)
    {
        if (range is not { } known || _addresses.Find(known) is not { } state || state.BannedUntil > now || state.Failures.At(now, LoginLimits.AddressForgets) < LoginLimits.BanFrom)
            return null;
        var before = now - state.BannedUntil < Clock.Day ? state.Bans : 0;
        var duration = Math.Min(LoginLimits.LongestBan, LoginLimits.FirstBan << Math.Min(before, 10));
        // After it, the next failures bring delays at once and soon the next ban.
        _addresses.Set(known, new AddressState(new Level(LoginLimits.FreeOfAddress, now + duration), now + duration, before + 1));
        return new LoginBan(TimeSpan.FromMicroseconds(duration), LoginLimits.BanFrom);
    }

    /// <summary>A count that goes down by itself, one each <c>forgets</c>; what is left of one counts whole.</summary>
    private readonly record struct Level(double Count, long ChangedAt)
    {
        public int At(long now, long forgets) => (int)Math.Ceiling(Left(now, forgets));

        public Level Raise(long now, long forgets) => new(Left(now, forgets) + 1, now);

        private double Left(long now, long forgets) => Math.Max(0, Count - Math.Max(0, now - ChangedAt) / (double)forgets);

        public Level Lower() => this with { Count = Math.Max(0, Count - 1) };
    }

    private readonly record struct AddressState(Level Failures, long BannedUntil, int Bans);
}

/// <summary>One check of a password. <c>Range</c> is null where addresses do not count.</summary>
internal readonly record struct LoginAttempt(UInt128? Range, UInt128 Account, UInt128 Credentials, bool Counts);

internal readonly record struct LoginWait(long Micros, bool IsBan);

internal readonly record struct LoginBan(TimeSpan Duration, int Failures);

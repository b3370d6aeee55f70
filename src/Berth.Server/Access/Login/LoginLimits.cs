using Berth.Server.Database;

namespace Berth.Server.Access.Login;

/// <summary>What failed logins lead to. Times in microseconds.</summary>
internal static class LoginLimits
{
    /// <summary>Failures of one address that cost nothing: an office behind one address mistypes as often in a morning.</summary>
    public const int FreeOfAddress = 10;

    /// <summary>With this many an address is banned: ten beyond the free ones, each after a longer wait.</summary>
    public const int BanFrom = 20;

    /// <summary>One failure of an address is forgotten each.</summary>
    public const long AddressForgets = 2 * Clock.Minute;

    public const long LongestAddressDelay = Clock.Minute;

    /// <summary>The first ban; each further one within a day is twice as long.</summary>
    public const long FirstBan = 15 * Clock.Minute;

    public const long LongestBan = 4 * Clock.Hour;

    /// <summary>Failures of one account that cost nothing.</summary>
    public const int FreeOfAccount = 5;

    public const long AccountForgets = Clock.Minute;

    /// <summary>Short, for it may hit the account's owner too, at an address that is new.</summary>
    public const long LongestAccountDelay = 8 * Clock.Second;

    /// <summary>For so long after a good login an address does not wait for its account.</summary>
    public const long RemembersGoodLogin = 7 * Clock.Day;

    /// <summary>The same wrong credentials from one address count once within it: a client that tries POST, then GET, and a script that goes on.</summary>
    public const long SameCredentials = 10 * Clock.Minute;

    /// <summary>Entries of each table, some 100 bytes each; beyond it the oldest go.</summary>
    public const int MaxEntries = 20_000;

    /// <summary>Bans that are written to the audit events in an hour; what a whole botnet causes stays in the counters and the log.</summary>
    public const int MaxAuditedBans = 100;
}

using System.Buffers;
using System.Globalization;
using System.Net;
using Berth.Pipelines;
using Npgsql;

namespace Berth.Server.Configuration;

/// <summary>How the text of a setting that is no URL becomes its value; a <see cref="FormatException"/> says what is allowed.</summary>
internal static class SettingValues
{
    /// <summary>Shorter passwords are refused everywhere, as in GitLab.</summary>
    public const int ShortestPassword = 8;

    /// <summary>The length of the random part of GitLab's tokens; with fewer characters a token could be guessed.</summary>
    public const int ShortestToken = 20;

    /// <summary>The length of the key, in bytes: AES-256.</summary>
    public const int SecretsKeyLength = 32;

    private static readonly SearchValues<char> TokenCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-");

    public static TlsMode ParseTlsMode(string text) => text.ToLowerInvariant() switch
    {
        "off" => TlsMode.Off,
        "self-signed" => TlsMode.SelfSigned,
        "files" => TlsMode.Files,
        _ => throw new FormatException($"{SettingsException.Quote(text)} is not allowed; allowed is off, self-signed or files"),
    };

    public static StorageProvider ParseStorageProvider(string text) => text.ToLowerInvariant() switch
    {
        "filesystem" => StorageProvider.Filesystem,
        "s3" => throw new FormatException("this version does not serve 's3' yet; allowed is filesystem"),
        _ => throw new FormatException($"{SettingsException.Quote(text)} is not allowed; allowed is filesystem"),
    };

    public static string ParsePath(string text) => text.Contains('\0')
        ? throw new FormatException("it holds a NUL character; allowed is the path of a file or folder")
        : text;

    public static IReadOnlyList<IPNetwork> ParseNetworks(string text) =>
        [.. text.Split([';', ','], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(ParseNetwork)];

    public static Secret ParseRootPassword(string text) => text.Length >= ShortestPassword
        ? new Secret(text)
        : throw new FormatException($"the password is too short; allowed are {ShortestPassword} characters or more");

    public static Secret ParseRootToken(string text) => text.Length >= ShortestToken && !text.AsSpan().ContainsAnyExcept(TokenCharacters)
        ? new Secret(text)
        : throw new FormatException($"the token is not allowed; allowed are {ShortestToken} or more letters, digits, '_', '.' or '-'");

    public static Secret ParseConnectionString(string text)
    {
        const string Allowed = "allowed is PostgreSQL's, such as Host=db;Username=berth;Password=…;Database=berth";
        string? host;
        try
        {
            host = new NpgsqlConnectionStringBuilder(text).Host;
        }
        // Npgsql's messages may repeat parts of the text, and with them the password.
        catch (Exception e) when (e is ArgumentException or FormatException or InvalidCastException or OverflowException)
        {
            throw new FormatException($"the connection string can't be read; {Allowed}");
        }
        if (string.IsNullOrWhiteSpace(host))
            throw new FormatException($"the connection string names no Host; {Allowed}");
        return new Secret(text);
    }

    public static byte[] ParseSecretsKey(string text)
    {
        var key = new byte[SecretsKeyLength];
        return Convert.TryFromBase64String(text, key, out var length) && length == SecretsKeyLength
            ? key
            : throw new FormatException("the key is not allowed; allowed are 32 bytes in base64, as `openssl rand -base64 32` prints them");
    }

    /// <summary>A number of bytes: digits, and behind them perhaps B, KiB, MiB, GiB or TiB (powers of 1024), in any case.</summary>
    public static long ParseSize(string text)
    {
        var end = text.AsSpan().IndexOfAnyExceptInRange('0', '9');
        var digits = end < 0 ? text : text[..end];
        var shift = end < 0 ? 0 : text[end..].TrimStart().ToLowerInvariant() switch
        {
            "b" => 0,
            "kib" => 10,
            "mib" => 20,
            "gib" => 30,
            "tib" => 40,
            _ => -1,
        };
        if (shift < 0 || !long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count > long.MaxValue >> shift)
            throw new FormatException($"{SettingsException.Quote(text)} is no size; allowed are bytes or a number with KiB, MiB, GiB or TiB, such as 512MiB, or 0");
        return count << shift;
    }

    /// <summary>Below a minute a runner that only waits for its next heartbeat would count as lost.</summary>
    public static TimeSpan ParseSilence(string text) =>
        Durations.TryParse(text, out var duration) && duration >= TimeSpan.FromMinutes(1) && duration <= TimeSpan.FromDays(1)
            ? duration
            : throw new FormatException($"{SettingsException.Quote(text)} is not allowed; allowed is from 1 minute to 1 day, such as 10 minutes or 1h 30m");

    /// <summary>How long something is kept or serves.</summary>
    public static TimeSpan ParseDays(string text) =>
        Durations.TryParse(text, out var duration) && duration >= TimeSpan.FromDays(1) && duration <= TimeSpan.FromDays(3650)
            ? duration
            : throw new FormatException($"{SettingsException.Quote(text)} is not allowed; allowed is from 1 day to 3650 days, such as 90 days or 2 weeks");

    public static int ParseLimit(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit)
        ? limit
        : throw new FormatException($"{SettingsException.Quote(text)} is no number; allowed are 0 (no limit) to {int.MaxValue}");

    /// <summary>Whole days up to ten years; a number alone is days.</summary>
    public static TimeSpan ParseWholeDays(string text)
    {
        var words = text.AsSpan().ContainsAnyExceptInRange('0', '9') ? text : text + " days";
        return Durations.TryParse(words, out var duration) && duration == TimeSpan.FromDays(duration.Days) && duration.Days is >= 1 and <= 3650
            ? duration
            : throw new FormatException($"{SettingsException.Quote(text)} is not allowed; allowed is from 1 to 3650 days, such as 90 days");
    }

    private static IPNetwork ParseNetwork(string text)
    {
        // Three dots, because .NET reads "10/8" as 0.0.0.10/8.
        var wellFormed = text.Contains(':') || text.AsSpan().Count('.') == 3;
        if (wellFormed && IPNetwork.TryParse(text, out var network))
            return network;
        if (wellFormed && IPAddress.TryParse(text, out var address))
            return new IPNetwork(address, address.GetAddressBytes().Length * 8);
        throw new FormatException($"{SettingsException.Quote(text)} is no network; allowed are networks such as 10.0.0.0/8 and single addresses such as 10.0.0.5");
    }
}

namespace Berth.Server.Configuration;

/// <summary>
/// A setting that stops the start. The message is one line for the operator: the setting, where it was set, what is wrong
/// and what is allowed. It never holds the value of a secret.
/// </summary>
internal sealed class SettingsException : Exception
{
    private const int LongestValueShown = 120;

    public SettingsException(string problem) : base(OneLine(problem))
    {
    }

    public SettingsException(string setting, string origin, string problem) : this($"{setting} ({origin}): {problem}")
    {
    }

    /// <summary>A value as messages show it: quoted, shortened, and without what stands before the <c>@</c> of a URL.</summary>
    public static string Quote(string value)
    {
        var scheme = value.IndexOf("://", StringComparison.Ordinal);
        var at = value.LastIndexOf('@');
        if (scheme >= 0 && at > scheme)
            value = $"{value[..(scheme + 3)]}***{value[at..]}";
        return value.Length > LongestValueShown ? $"'{value[..LongestValueShown]}…'" : $"'{value}'";
    }

    private static string OneLine(string text) =>
        string.Create(text.Length, text, (line, from) =>
        {
            for (var i = 0; i < line.Length; i++)
                line[i] = char.IsControl(from[i]) ? ' ' : from[i];
        });
}

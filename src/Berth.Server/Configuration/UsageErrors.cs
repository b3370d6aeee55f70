using System.CommandLine;
using System.CommandLine.Parsing;

namespace Berth.Server.Configuration;

/// <summary>
/// What is wrong with a command line, in one line that repeats no value: a mistyped option may have a secret behind it.
/// </summary>
internal static class UsageErrors
{
    private const string CommandLine = "command line";

    /// <exception cref="SettingsException">An option or verb is unknown, or a value is missing.</exception>
    public static void ThrowIfAny(ParseResult parsed)
    {
        if (parsed.UnmatchedTokens is [var token, ..])
            throw token.StartsWith('-') ? UnknownOption(token, parsed) : UnknownWord(token, parsed);
        foreach (var error in parsed.Errors)
        {
            if (error.SymbolResult is OptionResult { Option: var option } && SettingOptions.IsSetting(option))
                throw new SettingsException(option.Name[2..], CommandLine, "its value is missing");
            throw new SettingsException(error.Message);
        }
    }

    private static SettingsException UnknownOption(string token, ParseResult parsed)
    {
        var name = token.TrimStart('-');
        var end = name.IndexOf('=');
        var own = parsed.CommandResult.Command.Options.Where(option => !option.Hidden).Select(option => option.Name.TrimStart('-'));
        return SettingSources.UnknownName(end < 0 ? name : name[..end], CommandLine, own);
    }

    private static SettingsException UnknownWord(string word, ParseResult parsed)
    {
        if (parsed.CommandResult.Command is not RootCommand root)
            return new SettingsException($"{parsed.CommandResult.Command.Name} takes fewer arguments; put a value with spaces in quotes");
        var isFirst = parsed.Tokens is [var first, ..] && first.Value == word;
        return new SettingsException(isFirst
            ? $"there is no verb {SettingsException.Quote(word)}; {Advice(word, [.. root.Subcommands.Select(command => command.Name)])}"
            : "there is an argument that belongs to no setting; put a value with spaces in quotes");
    }

    /// <summary>A near verb, if one is so near that it may be meant; else all.</summary>
    private static string Advice(string word, string[] verbs)
    {
        var nearest = EditDistance.Nearest(word, verbs);
        return EditDistance.Between(word, nearest) <= word.Length / 2 ? $"did you mean {nearest}?" : $"the verbs are {string.Join(", ", verbs)}";
    }
}

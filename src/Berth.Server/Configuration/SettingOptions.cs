using System.CommandLine;

namespace Berth.Server.Configuration;

/// <summary>The settings as options of System.CommandLine, which itself compares names by case.</summary>
internal static class SettingOptions
{
    public const string Prefix = "--";

    public static void AddTo(RootCommand root)
    {
        root.Options.Add(Make(SettingSources.ConfigName.ToLowerInvariant(),
            $"The settings file. Default: {SettingsFile.DefaultName} in the working directory, if it is there.", "FILE"));
        foreach (var definition in SettingDefinitions.All)
        {
            var file = definition.IsSecret ? $" Better given by a file, as {definition.Name}{SettingDefinition.FileSuffix}." : "";
            var description = $"{definition.Description.Replace("`", "", StringComparison.Ordinal)}{file} Default: {definition.DefaultText}.";
            root.Options.Add(Make(definition.Name, description, Placeholder(definition)));
            if (definition.IsSecret)
            {
                var fileOption = Make(definition.Name + SettingDefinition.FileSuffix, $"The file of {definition.Name}.", "FILE");
                fileOption.Hidden = true;
                root.Options.Add(fileOption);
            }
        }
    }

    /// <summary>The arguments with the names of settings as the table spells them; what stands behind <c>--</c> stays.</summary>
    public static IReadOnlyList<string> WithKnownSpelling(IReadOnlyList<string> args)
    {
        var end = args.TakeWhile(arg => arg != Prefix).Count();
        return [.. args.Take(end).Select(WithKnownSpelling), .. args.Skip(end)];
    }

    /// <summary>The settings that the command line gave, each as <c>--Name=value</c>.</summary>
    public static IReadOnlyList<string> Given(ParseResult parsed) =>
        [.. from option in parsed.RootCommandResult.Command.Options
            where IsSetting(option)
            let result = parsed.GetResult(option)
            where result is not null
            from token in result.Tokens
            select $"{option.Name}={token.Value}"];

    public static bool IsSetting(Option option) => option.Name.StartsWith(Prefix, StringComparison.Ordinal)
        && (SettingSources.IsConfig(option.Name[2..]) || SettingSources.FindName(option.Name[2..]) is not null);

    private static string WithKnownSpelling(string arg)
    {
        if (!arg.StartsWith(Prefix, StringComparison.Ordinal))
            return arg;
        var equals = arg.IndexOf('=');
        var name = equals < 0 ? arg[2..] : arg[2..equals];
        var known = SettingSources.IsConfig(name) ? SettingSources.ConfigName.ToLowerInvariant() : SettingSources.FindName(name);
        return known is null ? arg : equals < 0 ? Prefix + known : $"{Prefix}{known}{arg[equals..]}";
    }

    private static Option<string[]> Make(string name, string description, string placeholder) => new(Prefix + name)
    {
        Description = description,
        HelpName = placeholder,
        Recursive = true,
        // More than one, so that a setting given twice gets our own line; each occurrence takes one value.
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
    };

    private static string Placeholder(SettingDefinition definition) => definition.Kind switch
    {
        SettingKind.Choice => string.Join('|', definition.Choices),
        SettingKind.Path => "PATH",
        SettingKind.Url => "URL",
        SettingKind.UrlList => "URL;…",
        SettingKind.NetworkList => "CIDR;…",
        SettingKind.Size => "SIZE",
        SettingKind.Duration => "DURATION",
        SettingKind.Number => "NUMBER",
        _ => "TEXT",
    };
}

using System.Text.RegularExpressions;

namespace Berth.Server.Configuration;

/// <summary>The text of one setting and where it came from, in words for messages.</summary>
internal sealed record GivenSetting(string Text, string Origin);

/// <summary>
/// What the operator gave, by name: first berth.json, over it environment variables <c>BERTH_&lt;Name&gt;</c>, over them the
/// command line. Names compare without regard to case, and <c>:</c> stands for <c>__</c>. An empty text takes a setting back
/// to its default.
/// </summary>
internal sealed partial class SettingSources
{
    public const string EnvironmentPrefix = "BERTH_";

    /// <summary>The option and the environment variable (behind the prefix) that name another file than berth.json.</summary>
    public const string ConfigName = "Config";

    private const string CommandLine = "command line";

    /// <summary>Every name that may be given, with its spelling in the table; secrets twice, the second time as a file.</summary>
    private static readonly Dictionary<string, string> KnownNames = SettingDefinitions.All
        .SelectMany(definition => definition.IsSecret ? [definition.Name, definition.Name + SettingDefinition.FileSuffix] : new[] { definition.Name })
        .ToDictionary(name => name, StringComparer.OrdinalIgnoreCase);

    private readonly Dictionary<string, GivenSetting> _given = [];

    private SettingSources()
    {
    }

    /// <exception cref="SettingsException">A name is unknown or given twice, or the file can't be read.</exception>
    public static SettingSources Read(IReadOnlyList<string> args, IReadOnlyDictionary<string, string> environment, string workingDirectory)
    {
        var options = ReadOptions(args).ToList();
        var variables = ReadVariables(environment).ToList();
        var config = options.Concat(variables).FirstOrDefault(given => IsConfig(given.Name) && given.Text.Length > 0);
        var sources = new SettingSources();
        if (config.Text is not null || File.Exists(Path.Combine(workingDirectory, SettingsFile.DefaultName)))
        {
            var file = config.Text ?? SettingsFile.DefaultName;
            sources.Add(SettingsFile.Read(Path.Combine(workingDirectory, file), file).Select(entry => (entry.Name, entry.Text, file)));
        }
        sources.Add(variables.Where(given => !IsConfig(given.Name)));
        sources.Add(options.Where(given => !IsConfig(given.Name)));
        return sources;
    }

    /// <summary>The name as the table spells it; null if there is no such setting.</summary>
    public static string? FindName(string name) => KnownNames.GetValueOrDefault(name.Replace(":", "__", StringComparison.Ordinal));

    /// <summary>The complaint about a name that is none, with the nearest of the known ones and <paramref name="others"/>.</summary>
    public static SettingsException UnknownName(string name, string origin, params IEnumerable<string> others) =>
        name.StartsWith("Storage__S3__", StringComparison.OrdinalIgnoreCase)
            ? new SettingsException(name, origin, "this version does not serve 's3' yet; allowed for Storage__Provider is filesystem")
            : new SettingsException(name, origin, $"there is no such setting; did you mean {EditDistance.Nearest(name, KnownNames.Values.Concat(others))}?");

    public static bool IsConfig(string name) => name.Equals(ConfigName, StringComparison.OrdinalIgnoreCase);

    /// <summary>What was given for the setting, or under its name and <paramref name="suffix"/>; null if nothing was.</summary>
    public GivenSetting? Find(SettingDefinition definition, string suffix = "") => _given.GetValueOrDefault(definition.Name + suffix);

    /// <summary>Puts one source over those before it.</summary>
    private void Add(IEnumerable<(string Name, string Text, string Origin)> source)
    {
        var here = new Dictionary<string, string>();
        foreach (var (name, text, origin) in source)
        {
            var known = FindName(name) ?? throw UnknownName(name, origin);
            if (!here.TryAdd(known, origin))
                throw new SettingsException(known, origin, here[known] == origin ? "it is given twice" : $"it is given as {here[known]} too");
            if (text.Length == 0)
                _given.Remove(known);
            else
                _given[known] = new GivenSetting(text, origin);
        }
    }

    private static IEnumerable<(string Name, string Text, string Origin)> ReadVariables(IReadOnlyDictionary<string, string> environment) =>
        from variable in environment
        where variable.Key.StartsWith(EnvironmentPrefix, StringComparison.OrdinalIgnoreCase) && !IsFromKubernetes(variable.Key, variable.Value)
        orderby variable.Key
        select (variable.Key[EnvironmentPrefix.Length..], variable.Value, $"environment variable {variable.Key}");

    private static IEnumerable<(string Name, string Text, string Origin)> ReadOptions(IReadOnlyList<string> args)
    {
        for (var i = 0; i < args.Count; i++)
        {
            if (!args[i].StartsWith("--", StringComparison.Ordinal))
                throw new SettingsException($"unexpected argument {i + 1}; settings are given as --Name=value or --Name value");
            var equals = args[i].IndexOf('=');
            var name = equals < 0 ? args[i][2..] : args[i][2..equals];
            if (!IsConfig(name) && FindName(name) is null)
                throw UnknownName(name, CommandLine);
            if (equals >= 0)
                yield return (name, args[i][(equals + 1)..], CommandLine);
            else if (++i < args.Count)
                yield return (name, args[i], CommandLine);
            else
                throw new SettingsException(name, CommandLine, "its value is missing");
        }
    }

    /// <summary>
    /// Kubernetes puts variables of every service of the namespace into each container (kubernetes.io, "Discovering services"),
    /// so a service named berth gives BERTH_PORT=tcp://…; none of those is meant for us.
    /// </summary>
    private static bool IsFromKubernetes(string name, string value) => ServiceVariable().IsMatch(name)
        || name.EndsWith("_PORT", StringComparison.Ordinal) && value.Contains("://", StringComparison.Ordinal);

    [GeneratedRegex(@"^BERTH_(.+_)?(SERVICE_HOST|SERVICE_PORT(_.+)?|PORT_[0-9]+_(TCP|UDP|SCTP)(_(ADDR|PORT|PROTO))?)$")]
    private static partial Regex ServiceVariable();
}

namespace Berth.Server.Configuration;

/// <summary>
/// One setting: its name and all that the parser, the help, the JSON schema and the table in the documentation say of it.
/// </summary>
internal abstract class SettingDefinition(string name, SettingKind kind, string description)
{
    /// <summary>The suffix of the name under which a secret's file is given.</summary>
    public const string FileSuffix = "_FILE";

    /// <summary>The one name: a key of berth.json, with <c>BERTH_</c> before it an environment variable, with <c>--</c> an option.</summary>
    public string Name { get; } = name;

    public SettingKind Kind { get; } = kind;

    /// <summary>One sentence or a few, in Markdown.</summary>
    public string Description { get; } = description;

    /// <summary>The text that counts where nothing is set; null if there is none, or if it follows from other settings.</summary>
    public string? Default { get; init; }

    /// <summary>The default in words, where <see cref="Default"/> doesn't say it.</summary>
    public string? DefaultWords { get; init; }

    public string DefaultText => Default ?? DefaultWords ?? "none";

    /// <summary>Secrets are never shown, and may be given by a file, as <c>Name_FILE</c>.</summary>
    public bool IsSecret { get; init; }

    /// <summary>The words that a <see cref="SettingKind.Choice"/> takes.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>A regular expression that the text fits, for editors; null where a pattern says too little.</summary>
    public string? Pattern { get; init; }

    /// <summary>The section of nested settings (<c>Database</c> of <c>Database__ConnectionString</c>); null at the top.</summary>
    public string? Section => Name.Contains("__", StringComparison.Ordinal) ? Name[..Name.IndexOf("__", StringComparison.Ordinal)] : null;
}

/// <summary>
/// A setting and how its text becomes a value. <paramref name="parse"/> throws <see cref="FormatException"/> with what is
/// wrong and what is allowed; for a secret that text must not repeat the value.
/// </summary>
internal sealed class SettingDefinition<T>(string name, SettingKind kind, Func<string, T> parse, string description)
    : SettingDefinition(name, kind, description)
{
    public T Parse(string text) => parse(text);
}

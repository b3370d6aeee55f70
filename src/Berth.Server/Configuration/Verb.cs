using System.CommandLine;

namespace Berth.Server.Configuration;

/// <summary>
/// Something that <c>berth</c> does: its word, what the help says, and what runs with the checked settings. Run returns the
/// exit code; its token is cancelled by SIGINT and SIGTERM.
/// </summary>
internal sealed record Verb(string Name, string Description, Func<BerthSettings, ParseResult, CancellationToken, Task<int>> Run)
{
    /// <summary>Options that only this verb has; their names must differ from those of the settings.</summary>
    public IReadOnlyList<Option> Options { get; init; } = [];

    public IReadOnlyList<Argument> Arguments { get; init; } = [];
}

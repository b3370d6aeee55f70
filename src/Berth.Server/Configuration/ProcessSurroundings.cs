using System.Collections;

namespace Berth.Server.Configuration;

/// <summary>What a command sees of its process.</summary>
internal sealed record ProcessSurroundings(
    TextWriter Output,
    TextWriter Error,
    IReadOnlyDictionary<string, string> Environment,
    string WorkingDirectory)
{
    public static ProcessSurroundings Own => new(
        Console.Out,
        Console.Error,
        System.Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? ""),
        Directory.GetCurrentDirectory());
}

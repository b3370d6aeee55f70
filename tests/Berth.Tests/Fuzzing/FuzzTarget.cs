using System.Text;
using System.Text.RegularExpressions;
using Berth.Tests.Harness;

namespace Berth.Tests.Fuzzing;

/// <summary>
/// A reader of what strangers send. <paramref name="Run"/> gives it an input, asserts what must hold of the outcome, and returns that
/// outcome in short, so that inputs that lead to a new one are mutated further. Its corpus is tests/corpus/NAME, a file an input.
/// </summary>
internal sealed partial record FuzzTarget(string Name, Func<byte[], string> Run)
{
    public static readonly FuzzTarget[] All =
    [
        new("digest", bytes => GrammarTargets.Digest(Text(bytes))),
        new("repository-name", bytes => GrammarTargets.RepositoryName(Text(bytes))),
        new("reference", bytes => GrammarTargets.Reference(Text(bytes))),
        new("range", bytes => GrammarTargets.Range(Text(bytes))),
        new("content-range", bytes => GrammarTargets.ContentRange(Text(bytes))),
        new("scope", bytes => GrammarTargets.Scope(Text(bytes))),
        new("address", bytes => GrammarTargets.Address(Text(bytes))),
        new("authorization", bytes => GrammarTargets.Authorization(Text(bytes))),
        new("manifest", DocumentTargets.Manifest),
        new("image-config", DocumentTargets.ImageConfig),
        new("pipeline", bytes => DocumentTargets.Pipeline(Text(bytes))),
    ];

    public string Corpus => Checkout.File($"tests/corpus/{Name}");

    public IEnumerable<byte[]> Inputs() => Directory.EnumerateFiles(Corpus).Order(StringComparer.Ordinal).Select(Read);

    /// <summary>A message without what it quotes and counts: the same for each input that is refused by the same rule.</summary>
    public static string Shape(string message)
    {
        var shape = Quoted().Replace(message, "#");
        return shape.Length <= 80 ? shape : shape[..80];
    }

    /// <summary>UTF-8 where it is that; else a character a byte, as header values are.</summary>
    private static string Text(byte[] bytes) => System.Text.Unicode.Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : Encoding.Latin1.GetString(bytes);

    private static byte[] Read(string file)
    {
        using var stream = File.OpenRead(file);
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    [GeneratedRegex("\"[^\"]*\"|'[^']*'|\\[[^]]*\\]|[0-9]+")]
    private static partial Regex Quoted();
}

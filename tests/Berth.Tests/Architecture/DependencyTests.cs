using System.Text.RegularExpressions;
using Berth.Server.Configuration;
using Berth.Tests.Harness;

namespace Berth.Tests.Architecture;

/// <summary>The table under "Dependencies" in ARCHITECTURE.md is what the folders of src/Berth.Server use.</summary>
public sealed partial class DependencyTests
{
    private const string Root = "Berth.Server";

    private static readonly string Source = Checkout.File("src/Berth.Server");

    private static readonly string[] Folders = [.. Directory.EnumerateDirectories(Source)
        .Where(folder => Directory.EnumerateFiles(folder, "*.cs").Any() && Path.GetFileName(folder) is not ("bin" or "obj"))
        .Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal)];

    /// <summary>Names of types by the folder that they stand in, to find uses without a using.</summary>
    private static readonly ILookup<string, string> Types = typeof(BerthSettings).Assembly.GetTypes()
        .Where(type => type.Namespace?.StartsWith(Root + ".", StringComparison.Ordinal) == true && !type.IsNested)
        .ToLookup(type => type.Namespace!.Split('.')[2], type => type.Name);

    [Fact]
    public void Folders_use_what_the_table_allows_and_the_table_allows_what_they_use()
    {
        var wanted = Folders.Select(folder => $"| `{folder}` | {string.Join(", ", Uses(folder).Select(other => $"`{other}`"))}".TrimEnd() + " |").ToArray();
        var table = Table();
        Assert.True(wanted.SequenceEqual(table), $"""
            The table under "## Dependencies" in ARCHITECTURE.md is not what the code does. Either the code took a dependency that it should not,
            or the table is to be renewed, in this order:
            {string.Join('\n', wanted)}
            The differences are:
            {string.Join('\n', wanted.Except(table).Select(row => "  now:      " + row).Concat(table.Except(wanted).Select(row => "  in table: " + row)))}
            """);
    }

    [Fact]
    public void A_namespace_is_the_folder_of_its_file()
    {
        foreach (var file in Directory.EnumerateFiles(Source, "*.cs", SearchOption.AllDirectories))
        {
            var parts = Path.GetRelativePath(Source, Path.GetDirectoryName(file)!).Split('/');
            if (parts[0] is "bin" or "obj")
                continue;
            var wanted = string.Join('.', parts.Where(part => part != ".").Prepend(Root));
            var declared = Namespace().Match(File.ReadAllText(file));
            Assert.True(!declared.Success || declared.Groups[1].Value == wanted, $"{file} declares {declared.Groups[1].Value}, not {wanted}");
        }
    }

    [Fact]
    public void Berth_Oci_knows_neither_web_nor_database()
    {
        var references = typeof(Berth.Oci.Digest).Assembly.GetReferencedAssemblies().Select(reference => reference.Name!);
        Assert.All(references, reference => Assert.StartsWith("System.", reference));
        Assert.DoesNotContain(references, reference => reference is "System.Net.Http" or "System.Data.Common");
    }

    /// <summary>The other folders that a folder's code names: in usings, which the compiler keeps to what is needed, or by Folder.Type.</summary>
    private static IEnumerable<string> Uses(string folder)
    {
        var used = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Source, folder), "*", SearchOption.AllDirectories).Where(file => Path.GetExtension(file) is ".cs" or ".razor"))
        {
            var code = string.Join('\n', File.ReadLines(file).Where(line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal)));
            used.UnionWith(Using().Matches(code).Select(match => match.Groups[1].Value));
            used.UnionWith(Qualified().Matches(code).Where(match => Types[match.Groups[1].Value].Contains(match.Groups[2].Value)).Select(match => match.Groups[1].Value));
        }
        used.Remove(folder);
        return used;
    }

    /// <summary>The rows of the table, each from bar to bar.</summary>
    private static string[] Table()
    {
        var section = File.ReadAllText(Checkout.File("ARCHITECTURE.md")).Split("\n## ").Single(part => part.StartsWith("Dependencies\n", StringComparison.Ordinal));
        return [.. section.Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal)).Select(line => line.Trim())];
    }

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    [GeneratedRegex(@"^@?(?:global )?using (?:static |\w+ = )?Berth\.Server\.(\w+)", RegexOptions.Multiline)]
    private static partial Regex Using();

    [GeneratedRegex(@"(?<![\w.])(?:Berth\.Server\.|Server\.)?(\w+)\.(?:Tls\.)?(\w+)")]
    private static partial Regex Qualified();
}

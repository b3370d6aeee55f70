using System.Reflection;
using Berth.Server.Database;

namespace Berth.Tests.Database;

/// <summary>Every SQL text of the server, found by reflection in the classes named …Queries.</summary>
internal static class Statements
{
    public static IReadOnlyList<(string Name, string Sql)> All { get; } = [.. typeof(MetadataDatabase).Assembly.GetTypes()
        .Where(type => type.Name.EndsWith("Queries", StringComparison.Ordinal) && type.Namespace!.StartsWith("Berth.Server", StringComparison.Ordinal))
        .SelectMany(OfClass).OrderBy(statement => statement.Name, StringComparer.Ordinal)];

    private static IEnumerable<(string Name, string Sql)> OfClass(Type type)
    {
        foreach (var field in type.GetFields(BindingFlags.Static | BindingFlags.Public))
        {
            switch (field.GetValue(null))
            {
                case string sql:
                    yield return ($"{type.Name}.{field.Name}", sql);
                    break;
                case (string Problem, string Sql)[] several:
                    foreach (var one in several)
                        yield return ($"{type.Name}.{field.Name} ({one.Problem})", one.Sql);
                    break;
            }
        }
    }
}

using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace Berth.Server.Database;

/// <summary>The few words in which the two databases differ.</summary>
internal sealed partial record Dialect(string Name, string ForUpdate, IReadOnlyDictionary<string, string> SchemaWords)
{
    public static readonly Dialect Sqlite = new("sqlite", "", new Dictionary<string, string>
    {
        ["id"] = "integer primary key autoincrement",
        ["text"] = "text",
        ["bytes"] = "blob",
        ["without_rowid"] = " without rowid",
        ["sqlite"] = "",
        ["postgres"] = "-- ",
    });

    /// <summary>PostgreSQL; text compares by bytes, so that both databases list in one order.</summary>
    public static readonly Dialect Postgres = new("postgres", " for update", new Dictionary<string, string>
    {
        ["id"] = "bigint generated always as identity primary key",
        ["text"] = "text collate \"C\"",
        ["bytes"] = "bytea",
        ["without_rowid"] = "",
        ["sqlite"] = "-- ",
        ["postgres"] = "",
    })
    {
        TakesArrays = true,
    };

    private static readonly ConcurrentDictionary<string, string> WithArrays = new();

    /// <summary>Dapper hands a list to such a database as one array, and makes of it as many parameters for another.</summary>
    private bool TakesArrays { get; init; }

    /// <summary>The SQL as this database takes it: our texts say 'in @list', which is '= any(@list)' for an array.</summary>
    public string Sql(string text) => TakesArrays ? WithArrays.GetOrAdd(text, static sql => InList().Replace(sql, "= any($1)")) : text;

    [GeneratedRegex(@"\bin (@\w+)")]
    private static partial Regex InList();
}

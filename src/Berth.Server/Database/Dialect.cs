namespace Berth.Server.Database;

/// <summary>The few words in which the two databases differ.</summary>
internal sealed record Dialect(string Name, string ForUpdate, IReadOnlyDictionary<string, string> SchemaWords)
{
    public static readonly Dialect Sqlite = new("sqlite", "", new Dictionary<string, string>
    {
        ["id"] = "integer primary key autoincrement",
        ["text"] = "text",
        ["bytes"] = "blob",
        ["without_rowid"] = " without rowid",
    });

    /// <summary>PostgreSQL; text compares by bytes, so that both databases list in one order.</summary>
    public static readonly Dialect Postgres = new("postgres", " for update", new Dictionary<string, string>
    {
        ["id"] = "bigint generated always as identity primary key",
        ["text"] = "text collate \"C\"",
        ["bytes"] = "bytea",
        ["without_rowid"] = "",
    });
}

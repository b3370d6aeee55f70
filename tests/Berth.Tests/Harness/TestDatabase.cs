using Npgsql;

namespace Berth.Tests.Harness;

/// <summary>
/// Which database this run of the tests is on: SQLite, or with TEST_POSTGRES (a connection string that may create databases)
/// PostgreSQL, where each server gets a database of its own.
/// </summary>
internal sealed class TestDatabase : IDisposable
{
    private static readonly string? Admin = Environment.GetEnvironmentVariable("TEST_POSTGRES") is { Length: > 0 } set ? set : null;

    private readonly string _name = $"berth_test_{Guid.NewGuid():N}";

    public TestDatabase()
    {
        if (Admin is null)
            return;
        Execute($"create database {_name}");
        ConnectionString = new NpgsqlConnectionStringBuilder(Admin) { Database = _name, MaxPoolSize = 30 }.ToString();
    }

    public static bool IsPostgres => Admin is not null;

    /// <summary>PostgreSQL's; null is SQLite.</summary>
    public string? ConnectionString { get; }

    public void Dispose()
    {
        if (Admin is not null)
            Execute($"drop database {_name} with (force)");
    }

    private static void Execute(string sql)
    {
        using var connection = new NpgsqlConnection(Admin);
        connection.Open();
        using var command = new NpgsqlCommand(sql, connection);
        command.ExecuteNonQuery();
    }
}

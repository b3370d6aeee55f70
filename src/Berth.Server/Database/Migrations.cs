using System.Data.Common;
using System.Runtime.CompilerServices;
using Dapper;
using DbUp;
using DbUp.Builder;
using DbUp.Engine.Output;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Berth.Server.Database;

/// <summary>
/// Brings the schema up to this program by the numbered scripts of Migrations/. Scripts only add, so that an older program goes on
/// beside a newer one, unless schema_generation says that it must not.
/// </summary>
internal static class Migrations
{
    /// <summary>This program's generation; a schema that asks for a higher one is refused.</summary>
    public const long ProgramGeneration = 1;

    private const string ScriptPrefix = "Berth.Server.Database.Migrations.";

    /// <param name="sqlitePath">The database's file; null for PostgreSQL.</param>
    /// <param name="postgresConnectionString">PostgreSQL's.</param>
    /// <param name="before">Stops before this script, by its number, as an older program would: for tests of an upgrade.</param>
    public static void Apply(string? sqlitePath, string? postgresConnectionString, string? before = null)
    {
        using var connection = Connect(sqlitePath, postgresConnectionString);
        connection.Open();
        var dialect = sqlitePath is null ? Dialect.Postgres : Dialect.Sqlite;
        if (!IsCurrent(connection, dialect))
            Upgrade(dialect, sqlitePath, postgresConnectionString, connection, before);
        var wanted = connection.ExecuteScalar<long>("select max(min_program) from schema_generation");
        if (wanted > ProgramGeneration)
            throw new InvalidOperationException($"The database was upgraded by a newer Berth (generation {wanted}; this program is {ProgramGeneration}). Start that version, or restore a backup from before the upgrade.");
    }

    public static IReadOnlyList<string> Scripts => [.. typeof(Migrations).Assembly.GetManifestResourceNames().Where(name => name.StartsWith(ScriptPrefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    /// <summary>Unpooled: the advisory lock would be kept by a connection that waits in the pool, and no other replica could start.</summary>
    private static DbConnection Connect(string? sqlitePath, string? postgresConnectionString) => sqlitePath is null
        ? ConnectPostgres(postgresConnectionString)
        : new SqliteConnection($"Data Source={sqlitePath};Pooling=False");

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static NpgsqlConnection ConnectPostgres(string? connectionString) =>
        new(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ToString());

    /// <summary>A start with nothing to do costs one query instead of DbUp's work.</summary>
    private static bool IsCurrent(DbConnection connection, Dialect dialect)
    {
        var hasJournal = connection.ExecuteScalar<long>(dialect == Dialect.Sqlite
            ? "select count(*) from sqlite_master where name = 'schemaversions'"
            : "select count(*) from information_schema.tables where table_name = 'schemaversions' and table_schema = current_schema()") > 0;
        return hasJournal && connection.ExecuteScalar<string>("select max(ScriptName) from schemaversions") is { } last
            && string.CompareOrdinal(last, Scripts[^1]) >= 0;
    }

    private static void Upgrade(Dialect dialect, string? sqlitePath, string? postgresConnectionString, DbConnection connection, string? before)
    {
        // Replicas that start at once upgrade one after the other; the lock ends with the connection.
        if (dialect == Dialect.Postgres)
            connection.Execute("select pg_advisory_lock(4711)", commandTimeout: 0);
        var builder = sqlitePath is null
            ? DeployChanges.To.PostgresqlDatabase(postgresConnectionString).JournalToPostgresqlTable(null, "schemaversions")
            : DeployChanges.To.SqliteDatabase($"Data Source={sqlitePath};Pooling=False").JournalToSqliteTable("schemaversions");
        var result = Configure(builder, dialect, before).Build().PerformUpgrade();
        if (!result.Successful)
            throw new InvalidOperationException($"The database could not be upgraded ({result.ErrorScript?.Name}): {result.Error.Message}", result.Error);
    }

    private static UpgradeEngineBuilder Configure(UpgradeEngineBuilder builder, Dialect dialect, string? before) => builder
        .WithScriptsEmbeddedInAssembly(typeof(Migrations).Assembly, name =>
            name.StartsWith(ScriptPrefix, StringComparison.Ordinal) && (before is null || string.CompareOrdinal(name, ScriptPrefix + before) < 0))
        .WithVariables(dialect.SchemaWords.ToDictionary())
        .WithTransactionPerScript()
        // However long it takes: Npgsql's 30 seconds are less than a new column of millions of rows.
        .WithExecutionTimeout(TimeSpan.Zero)
        .LogTo(new NoOpUpgradeLog());
}

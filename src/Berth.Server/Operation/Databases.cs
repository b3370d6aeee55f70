using System.Runtime.CompilerServices;
using Berth.Server.Configuration;
using Berth.Server.Database;
using Npgsql;

namespace Berth.Server.Operation;

/// <summary>Opens the database that the settings name, brought up to this program.</summary>
internal static class Databases
{
    /// <exception cref="OperatorException">It cannot be upgraded, or a newer Berth has upgraded it.</exception>
    public static MetadataDatabase Open(BerthSettings settings, DataDirectory data)
    {
        try
        {
            return settings.DatabaseConnectionString is { } postgres ? OpenPostgres(postgres.Reveal()) : OpenSqlite(data.Database);
        }
        catch (InvalidOperationException refused)
        {
            throw new OperatorException(refused.Message);
        }
    }

    private static SqliteDatabase OpenSqlite(string path)
    {
        try
        {
            Migrations.Apply(path, null);
        }
        catch (TypeInitializationException fault) when (fault.GetBaseException() is DllNotFoundException)
        {
            throw new OperatorException("SQLite's library cannot be loaded: keep libe_sqlite3.so beside the program, as `dotnet publish` lays them into one folder (it needs glibc 2.34 or later)");
        }
        return new SqliteDatabase(path);
    }

    // In a method of its own, so that where SQLite is used the driver is not even loaded.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static PostgresDatabase OpenPostgres(string connectionString)
    {
        try
        {
            Migrations.Apply(null, connectionString);
        }
        catch (NpgsqlException unreachable)
        {
            throw new OperatorException($"the database of Database__ConnectionString cannot be used: {unreachable.Message}");
        }
        return new PostgresDatabase(connectionString);
    }
}

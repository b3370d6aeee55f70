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
        var postgres = settings.DatabaseConnectionString?.Reveal();
        try
        {
            Migrations.Apply(postgres is null ? data.Database : null, postgres);
        }
        catch (InvalidOperationException refused)
        {
            throw new OperatorException(refused.Message);
        }
        catch (NpgsqlException unreachable)
        {
            throw new OperatorException($"the database of Database__ConnectionString cannot be used: {unreachable.Message}");
        }
        return postgres is null ? new SqliteDatabase(data.Database) : new PostgresDatabase(postgres);
    }
}

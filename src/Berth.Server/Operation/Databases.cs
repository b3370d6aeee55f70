using Berth.Server.Configuration;
using Berth.Server.Database;

namespace Berth.Server.Operation;

/// <summary>Opens the database that the settings name, brought up to this program.</summary>
internal static class Databases
{
    public static MetadataDatabase Open(BerthSettings settings, DataDirectory data)
    {
        if (settings.DatabaseConnectionString?.Reveal() is { } postgres)
        {
            Migrations.Apply(null, postgres);
            return new PostgresDatabase(postgres);
        }
        Migrations.Apply(data.Database, null);
        return new SqliteDatabase(data.Database);
    }
}

using System.Text;
using Berth.Tests.Harness;

namespace Berth.Tests.Database;

/// <summary>The whole schema as the migrations leave it stands beside them, so that a change of it is seen whole.</summary>
public sealed class SchemaTests(TestServer server)
{
    [Fact]
    public async Task Schema_is_the_one_that_was_dumped() => Snapshot.Matches(
        $"src/Berth.Server/Database/schema.{server.Database.Dialect.Name}.sql",
        "-- The schema after all migrations; renewed by SchemaTests with UPDATE_SNAPSHOTS=1.\n" + (TestDatabase.IsPostgres ? await Postgres() : await Sqlite()));

    private async Task<string> Sqlite() => string.Concat((await server.Query<string>("""
        select sql from sqlite_master where sql is not null and name not like 'sqlite_%' and tbl_name <> 'schemaversions' order by tbl_name, type desc, name
        """)).Select(sql => "\n" + sql.Trim() + ";\n"));

    private async Task<string> Postgres()
    {
        var columns = await server.Query<ColumnRow>("""
            select table_name as TableName, column_name || ' ' || data_type || coalesce(' collate "' || collation_name || '"', '')
                || case is_nullable when 'NO' then ' not null' else '' end
                || case is_identity when 'YES' then ' generated ' || lower(identity_generation) || ' as identity' else '' end as Line
            from information_schema.columns where table_schema = current_schema() and table_name <> 'schemaversions' order by table_name collate "C", ordinal_position
            """);
        var constraints = await server.Query<ColumnRow>("""
            select t.relname as TableName, pg_get_constraintdef(c.oid) as Line
            from pg_constraint c join pg_class t on t.oid = c.conrelid join pg_namespace n on n.oid = t.relnamespace
            where n.nspname = current_schema() and t.relname <> 'schemaversions' order by c.contype, pg_get_constraintdef(c.oid) collate "C"
            """);
        var indexes = await server.Query<ColumnRow>("""
            select i.tablename as TableName, i.indexdef as Line from pg_indexes i
            where i.schemaname = current_schema() and not exists (select 1 from pg_constraint c where c.conname = i.indexname) order by i.indexname collate "C"
            """);
        var text = new StringBuilder();
        foreach (var table in columns.GroupBy(column => column.TableName))
        {
            var lines = table.Concat(constraints.Where(constraint => constraint.TableName == table.Key)).Select(line => "    " + line.Line);
            text.Append($"\ncreate table {table.Key} (\n{string.Join(",\n", lines)}\n);\n");
            foreach (var index in indexes.Where(index => index.TableName == table.Key))
                text.Append($"{index.Line.Replace(" public.", " ", StringComparison.Ordinal)};\n");
        }
        return text.ToString();
    }

    private sealed record ColumnRow(string TableName, string Line);
}

using Berth.Server.Access;
using Berth.Server.Database;
using Berth.Tests.Harness;
using Berth.Tests.Storage;

namespace Berth.Tests.Database;

/// <summary>How a start finds and leaves the schema.</summary>
public sealed class MigrationsTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly TestDatabase _test = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string? Sqlite => _test.ConnectionString is null ? _directory["test.db"] : null;

    public void Dispose()
    {
        _test.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task Second_start_finds_nothing_to_do()
    {
        Migrations.Apply(Sqlite, _test.ConnectionString);
        await using var database = Open();
        await database.Write(transaction => transaction.Execute("update counters set value = 77"));
        Migrations.Apply(Sqlite, _test.ConnectionString);
        await using var connection = await database.OpenRead(Cancel);
        Assert.Equal(77, await connection.QueryFirstOrDefault<long>("select value from counters", null, Cancel));
        Assert.Equal(Migrations.Scripts.Count, await connection.QueryFirstOrDefault<long>("select count(*) from schemaversions", null, Cancel));
    }

    [Fact]
    public async Task Schema_of_a_newer_generation_is_refused_and_one_that_only_grew_is_not()
    {
        Migrations.Apply(Sqlite, _test.ConnectionString);
        await using var database = Open();
        await database.Write(transaction => transaction.Execute("insert into schemaversions (ScriptName, Applied) values ('Berth.Server.Database.Migrations.9999_later.sql', current_timestamp)"));
        Migrations.Apply(Sqlite, _test.ConnectionString);
        await database.Write(transaction => transaction.Execute("insert into schema_generation (min_program) values (2)"));
        var refusal = Assert.Throws<InvalidOperationException>(() => Migrations.Apply(Sqlite, _test.ConnectionString));
        Assert.Contains("generation 2; this program is 1", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replicas_that_start_at_once_make_one_schema_and_agree_on_one_key()
    {
        Assert.SkipUnless(TestDatabase.IsPostgres, "one program opens a SQLite database");
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Migrations.Apply(null, _test.ConnectionString), Cancel)));
        var box = new SecretBox(new byte[SecretBox.KeyBytes]);
        await using var database = Open();
        var keys = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => SigningKeys.Load(database, box, TimeProvider.System)));
        Assert.Single(keys.Select(one => one.All.Single().KeyId).Distinct());
    }

    [Fact]
    public async Task Repositories_from_before_the_catalog_get_their_names_and_who_may_pull_them()
    {
        Migrations.Apply(Sqlite, _test.ConnectionString, before: "0005");
        await using (var database = Open())
        {
            await database.Write(transaction =>
            {
                transaction.Execute("insert into namespaces (kind, path, name, visibility, created_at) values (1, 'Ada', 'Ada', 0, 0)");
                foreach (var (path, visibility, registry) in new[] { ("Open", 20, 20), ("members", 20, 10), ("inner", 10, 20) })
                {
                    var project = transaction.QuerySingle<long>("""
                        insert into projects (namespace_id, path, name, visibility, registry_access, trash_days, created_at)
                        select id, @path, @path, @visibility, @registry, 7, 0 from namespaces returning id
                        """, new { path, visibility = (long)visibility, registry = (long)registry });
                    transaction.Execute("insert into routes (path_lower, path, project_id) values (@lower, @path, @project)", new { lower = $"ada/{path.ToLowerInvariant()}", path = $"Ada/{path}", project });
                    transaction.Execute("insert into repositories (project_id, name, created_at) values (@project, '', 0), (@project, 'my/image', 0)", new { project });
                }
            });
        }
        Migrations.Apply(Sqlite, _test.ConnectionString);
        await using var upgraded = Open();
        await using var connection = await upgraded.OpenRead(Cancel);
        Assert.Equal(["ada/inner 10", "ada/inner/my/image 10", "ada/members 0", "ada/members/my/image 0", "ada/open 20", "ada/open/my/image 20"],
            await connection.Query<string>("select image_name || ' ' || open_to from repositories order by image_name", null, Cancel));
    }

    private MetadataDatabase Open() => Sqlite is { } path ? new SqliteDatabase(path) : new PostgresDatabase(_test.ConnectionString!);
}

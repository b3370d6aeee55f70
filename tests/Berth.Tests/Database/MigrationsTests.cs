using Berth.Server.Access;
using Berth.Server.Access.Registry;
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

    [Fact]
    public async Task Tags_that_jobs_pushed_before_get_their_commits_and_labels_are_left_to_the_background()
    {
        Migrations.Apply(Sqlite, _test.ConnectionString, before: "0017");
        await using (var database = Open())
        {
            await database.Write(transaction => transaction.Execute("""
                insert into users (username, username_lower, name, password_changed_at, is_admin, state, created_at) values ('ada', 'ada', 'Ada', 0, 0, 1, 0);
                insert into namespaces (kind, path, name, visibility, created_at) values (1, 'ada', 'ada', 0, 0);
                insert into projects (namespace_id, path, name, visibility, registry_access, trash_days, created_at) values (1, 'app', 'app', 0, 20, 7, 0);
                insert into repositories (project_id, name, created_at) values (1, '', 0);
                insert into pipelines (project_id, iid, ref, is_tag, sha, before_sha, source, status, commit_message, commit_author, commit_time, ref_protected, user_id, created_at)
                    values (1, 1, 'main', 0, 'abcd', '', 'push', 'success', '', '', '', 0, 1, 0);
                insert into jobs (pipeline_id, project_id, name, stage, stage_index, status, definition, tags, allow_failure, retried, user_id, timeout_seconds, created_at)
                    values (1, 1, 'build', 'build', 0, 'success', '', '', 0, 0, 1, 0, 0);
                """));
            await database.Write(transaction =>
            {
                var digest = new { digest = new byte[33] };
                transaction.Execute("insert into manifest_contents (digest, content, stored_at) values (@digest, @digest, 0)", digest);
                transaction.Execute("insert into manifests (repository_id, digest, media_type, size, total_size, published_at, lease_until) values (1, @digest, '', 0, 0, 0, 0)", digest);
                transaction.Execute("insert into tags (repository_id, name, digest, version, total_size, published_at, job_id) values (1, 'by-hand', @digest, 1, 0, 0, null), (1, 'by-job', @digest, 1, 0, 0, 1)", digest);
            });
        }
        Migrations.Apply(Sqlite, _test.ConnectionString);
        await using var upgraded = Open();
        await using var connection = await upgraded.OpenRead(Cancel);
        Assert.Equal(["by-hand ", "by-job abcd"], await connection.Query<string>("select name || ' ' || coalesce(commit_sha, '') from tags order by name", null, Cancel));
        Assert.Equal(["index_labels 0:"], await connection.Query<string>("select kind || ' ' || payload from tasks", null, Cancel));
    }

    [Fact]
    public async Task Upgrade_takes_longer_than_commands_may()
    {
        Assert.SkipUnless(TestDatabase.IsPostgres, "SQLite knows no such limit");
        Migrations.Apply(null, _test.ConnectionString, before: "0017");
        await using var database = Open();
        await using var connection = await database.OpenRead(Cancel);
        await using var transaction = await connection.Connection.BeginTransactionAsync(Cancel);
        using (var locked = connection.Connection.CreateCommand())
        {
            locked.CommandText = "lock table tags";
            await locked.ExecuteNonQueryAsync(Cancel);
        }
        var upgrade = Task.Run(() => Migrations.Apply(null, _test.ConnectionString + ";Command Timeout=1;Cancellation Timeout=-1"), Cancel);
        await using var other = await database.OpenRead(Cancel);
        // clock_timestamp: how long it has been waiting, in a database of this test's own.
        const string Waiting = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and clock_timestamp() - query_start > interval '2 seconds'";
        while (!upgrade.IsCompleted && await other.QueryFirstOrDefault<long>(Waiting, null, Cancel) == 0)
            await Task.Yield();
        await transaction.RollbackAsync(Cancel);
        await upgrade;
    }

    private MetadataDatabase Open() => Sqlite is { } path ? new SqliteDatabase(path) : new PostgresDatabase(_test.ConnectionString!);
}

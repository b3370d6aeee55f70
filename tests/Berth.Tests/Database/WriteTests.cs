using System.Data.Common;
using Berth.Server.Database;
using Berth.Tests.Harness;
using Berth.Tests.Storage;
using Npgsql;

namespace Berth.Tests.Database;

/// <summary>The contract of <see cref="MetadataDatabase.Write{T}"/>, on either database.</summary>
public sealed class WriteTests : IAsyncLifetime
{
    private readonly TemporaryDirectory _directory = new();
    private readonly TestDatabase _test = new();
    private MetadataDatabase _database = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = _test.ConnectionString is { } postgres ? new PostgresDatabase(postgres) : new SqliteDatabase(_directory["test.db"]);
        await _database.Write(transaction => transaction.Execute("create table numbers (name text primary key, value bigint not null)"));
        await _database.Write(transaction => transaction.Execute("insert into numbers (name, value) values ('a', 0), ('b', 0)"));
    }

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        _test.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task Write_gives_back_what_its_work_found_and_is_seen_by_the_next_read()
    {
        Assert.Equal(5, await _database.Write(transaction => transaction.QuerySingle<long>("update numbers set value = 5 where name = 'a' returning value")));
        Assert.Equal(5, await Value("a"));
    }

    [Fact]
    public async Task Work_that_fails_undoes_itself_alone()
    {
        var writes = Enumerable.Range(0, 40).Select(i => _database.Write(transaction =>
        {
            transaction.Execute("update numbers set value = value + 1 where name = 'a'");
            if (i % 4 == 0)
                throw new FormatException("on purpose");
        })).ToArray();
        foreach (var (i, write) in writes.Index())
        {
            if (i % 4 == 0)
                await Assert.ThrowsAsync<FormatException>(() => write);
            else
                await write;
        }
        Assert.Equal(30, await Value("a"));
    }

    /// <summary>SQLite keeps the compiled command of the text, also of the one that failed.</summary>
    [Fact]
    public async Task Text_that_failed_runs_again_with_other_values()
    {
        const string Insert = "insert into numbers (name, value) values (@name, @value)";
        await Assert.ThrowsAnyAsync<DbException>(() => _database.Write(transaction => transaction.Execute(Insert, new { name = "a", value = 1L })));
        await _database.Write(transaction => transaction.Execute(Insert, new { name = "c", value = 7L }));
        Assert.Equal(7, await Value("c"));
        Assert.Equal(0, await Value("a"));
    }

    [Fact]
    public async Task Text_runs_again_in_one_transaction_and_in_the_next()
    {
        const string Update = "update numbers set value = value + @add where name = 'a' returning value";
        await _database.Write(transaction =>
        {
            Assert.Equal(1, transaction.QueryFirstOrDefault<long>(Update, new { add = 1L }));
            Assert.Equal([3], transaction.Query<long>(Update, new { add = 2L }));
        });
        Assert.Equal(4, await _database.Write(transaction => transaction.QuerySingle<long>(Update, new { add = 1L })));
    }

    [Fact]
    public async Task Lists_of_any_length_are_found_by_one_text()
    {
        foreach (var names in new string[][] { ["a"], ["a", "b"], ["b", "a"], ["b"], [] })
        {
            var found = await _database.Write(transaction => transaction.Query<string>("select name from numbers where value < @below and name in @names and value >= @least order by name", new { below = 9L, names, least = 0L }));
            Assert.Equal(names.Order(), found);
        }
    }

    [Fact]
    public async Task Work_whose_SQL_fails_undoes_itself_alone()
    {
        var good = _database.Write(transaction => transaction.Execute("update numbers set value = value + 1 where name = 'a'"));
        var bad = _database.Write(transaction =>
        {
            transaction.Execute("update numbers set value = value + 100 where name = 'a'");
            transaction.Execute("insert into numbers (name, value) values ('a', 1)");
        });
        var after = _database.Write(transaction => transaction.Execute("update numbers set value = value + 1 where name = 'a'"));
        await good;
        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => bad);
        await after;
        Assert.Equal(2, await Value("a"));
    }

    [Fact]
    public async Task No_concurrent_write_is_lost()
    {
        await Parallel.ForAsync(0, 300, Cancel, async (i, _) => await _database.Write(
            transaction => transaction.Execute("update numbers set value = value + 1 where name = 'a'"), i % 2 == 0 ? Durability.Power : Durability.Process));
        Assert.Equal(300, await Value("a"));
    }

    [Fact]
    public async Task Acknowledged_writes_are_there_after_the_database_was_closed_and_later_ones_are_refused()
    {
        var writes = Enumerable.Range(0, 100).Select(_ => _database.Write(transaction => transaction.Execute("update numbers set value = value + 1 where name = 'a'"), Durability.Process)).ToArray();
        await _database.DisposeAsync();
        Assert.All(writes, write => Assert.True(write.IsCompletedSuccessfully));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => _database.Write(transaction => transaction.Execute("update numbers set value = 0")));
        _database = _test.ConnectionString is { } postgres ? new PostgresDatabase(postgres) : new SqliteDatabase(_directory["test.db"]);
        Assert.Equal(100, await Value("a"));
    }

    [Fact]
    public async Task Sqlite_runs_waiting_writes_in_their_order_in_one_commit()
    {
        Assert.SkipWhen(TestDatabase.IsPostgres, "PostgreSQL runs writes side by side");
        using var gate = new ManualResetEventSlim();
        var first = _database.Write(_ => gate.Wait(Cancel));
        var order = new List<int>();
        var writes = Enumerable.Range(0, 50).Select(i => _database.Write(transaction =>
        {
            order.Add(i);
            return transaction.QuerySingle<long>("update numbers set value = value + 1 where name = 'a' returning value");
        })).ToArray();
        gate.Set();
        await first;
        Assert.Equal(Enumerable.Range(1, 50).Select(i => (long)i), await Task.WhenAll(writes));
        Assert.Equal(Enumerable.Range(0, 50), order);
    }

    [Fact]
    public async Task Sqlite_shows_readers_nothing_of_a_batch_before_its_commit()
    {
        Assert.SkipWhen(TestDatabase.IsPostgres, "each write is a transaction of its own there");
        using ManualResetEventSlim gate = new(), inBatch = new(), blocked = new();
        var first = _database.Write(_ => gate.Wait(Cancel));
        var one = _database.Write(transaction => transaction.Execute("update numbers set value = 7 where name = 'a'"));
        var two = _database.Write(_ =>
        {
            inBatch.Set();
            blocked.Wait(Cancel);
        });
        gate.Set();
        inBatch.Wait(Cancel);
        Assert.Equal(0, await Value("a"));
        Assert.False(one.IsCompleted);
        blocked.Set();
        await Task.WhenAll(first, one, two);
        Assert.Equal(7, await Value("a"));
    }

    [Fact]
    public async Task Postgres_does_a_write_again_that_met_a_deadlock()
    {
        Assert.SkipUnless(TestDatabase.IsPostgres, "SQLite has one writer");
        using var both = new Barrier(2);
        var runs = 0;
        Task Cross(string one, string other) => _database.Write(transaction =>
        {
            var isFirst = Interlocked.Increment(ref runs) <= 2;
            transaction.Execute($"update numbers set value = value + 1 where name = '{one}'");
            if (isFirst)
                both.SignalAndWait(Cancel);
            transaction.Execute($"update numbers set value = value + 1 where name = '{other}'");
        });
        await Task.WhenAll(Cross("a", "b"), Cross("b", "a"));
        Assert.Equal((2, 2), (await Value("a"), await Value("b")));
        Assert.True(runs > 2);
    }

    [Fact]
    public async Task Postgres_looks_again_when_another_took_the_key_between_look_and_insert()
    {
        Assert.SkipUnless(TestDatabase.IsPostgres, "SQLite has one writer");
        using var both = new Barrier(2);
        var runs = 0;
        Task<bool> Take() => _database.Write(transaction =>
        {
            var isFirst = Interlocked.Increment(ref runs) <= 2;
            var taken = transaction.QueryFirstOrDefault<string>("select name from numbers where name = 'c'") is not null;
            if (isFirst)
                both.SignalAndWait(Cancel);
            return !taken && transaction.Execute("insert into numbers (name, value) values ('c', 1)") == 1;
        });
        Assert.Equal([false, true], (await Task.WhenAll(Take(), Take())).Order());
    }

    [Fact]
    public async Task Postgres_gives_up_on_a_conflict_that_stays()
    {
        Assert.SkipUnless(TestDatabase.IsPostgres, "SQLite has one writer");
        var runs = 0;
        var failure = await Assert.ThrowsAsync<PostgresException>(() => _database.Write(transaction =>
        {
            runs++;
            transaction.Execute("do $$ begin raise exception 'on purpose' using errcode = '40001'; end $$");
        }));
        Assert.Equal("40001", failure.SqlState);
        Assert.Equal(5, runs);
    }

    private async Task<long> Value(string name)
    {
        await using var connection = await _database.OpenRead(Cancel);
        return await connection.QueryFirstOrDefault<long>("select value from numbers where name = @name", new { name }, Cancel);
    }
}

using Berth.Server.Database;
using Berth.Tests.Harness;
using Berth.Tests.Storage;

namespace Berth.Tests.Database;

/// <summary>Rows that are kept until the next commit; none where others may commit.</summary>
public sealed class RowCacheTests : IAsyncDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly SteppedClock _clock = new();
    private readonly SqliteDatabase _database;
    private readonly RowCache<string, string> _cache;

    public RowCacheTests()
    {
        _database = new SqliteDatabase(_directory["test.db"]);
        _cache = new RowCache<string, string>(_database, _clock);
    }

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task A_row_is_kept_until_the_next_commit_is_acknowledged()
    {
        _cache.Keep("a", _database.Generation, "row");
        Assert.Equal("row", _cache.Find("a"));
        Assert.Null(_cache.Find("b"));
        await Commit();
        Assert.Null(_cache.Find("a"));
    }

    [Fact]
    public async Task A_row_that_was_read_before_a_commit_is_not_taken_for_newer()
    {
        var generation = _database.Generation;
        await Commit();
        _cache.Keep("a", generation, "old row");
        Assert.Null(_cache.Find("a"));
    }

    [Fact]
    public void A_row_is_read_anew_after_a_second()
    {
        _cache.Keep("a", _database.Generation, "row");
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(_cache.Find("a"));
    }

    [Fact]
    public void Nothing_is_kept_for_a_database_that_others_write_to()
    {
        _cache.Keep("a", generation: null, "row");
        Assert.Null(_cache.Find("a"));
    }

    private Task Commit() => _database.Write(transaction => transaction.Execute("create table if not exists numbers (value bigint not null)"));
}

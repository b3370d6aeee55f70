using Berth.Server.Database;
using Berth.Tests.Harness;
using Berth.Tests.Storage;

namespace Berth.Tests.Database;

/// <summary>How often a task that fails is tried, on the tests' clock.</summary>
public sealed class TaskRunnerTests : IAsyncLifetime
{
    private readonly TemporaryDirectory _directory = new();
    private readonly TestDatabase _test = new();
    private readonly SteppedClock _clock = new();
    private MetadataDatabase _database = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        var sqlite = _test.ConnectionString is null ? _directory["test.db"] : null;
        Migrations.Apply(sqlite, _test.ConnectionString);
        _database = _test.ConnectionString is { } postgres ? new PostgresDatabase(postgres) : new SqliteDatabase(sqlite!);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        _test.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task Task_that_never_comes_forward_is_given_up_after_ten_attempts()
    {
        using var runner = new Failing(_database, _clock, comesForward: false);
        await RunUntil(runner, () => runner.GivenUp);
        Assert.Equal(10, runner.Runs);
    }

    [Fact]
    public async Task Task_that_comes_forward_before_each_failure_is_not_given_up()
    {
        using var runner = new Failing(_database, _clock, comesForward: true);
        await RunUntil(runner, () => runner.Runs >= 15);
        Assert.False(runner.GivenUp);
    }

    private async Task RunUntil(Failing runner, Func<bool> isEnough)
    {
        await runner.Begin();
        await runner.StartAsync(Cancel);
        await Eventually.True(() =>
        {
            _clock.AdvanceWithTimers(TimeSpan.FromHours(1));
            return Task.FromResult(isEnough());
        });
        await runner.StopAsync(Cancel);
    }

    private sealed class Failing(MetadataDatabase database, TimeProvider time, bool comesForward) : TaskRunner("test", database, time)
    {
        private int _runs;
        private volatile bool _givenUp;

        public int Runs => Volatile.Read(ref _runs);

        public bool GivenUp => _givenUp;

        public Task Begin() => Database.Write(transaction => Enqueue(transaction, "", Time.Micros()));

        protected override async Task Run(TaskLease lease, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _runs);
            if (comesForward)
                Assert.True(await Database.Write(transaction => lease.Renew(transaction, Time.Micros())));
            throw new IOException("on purpose");
        }

        protected override void Failed(TaskLease lease, Exception failure) => Assert.Equal("on purpose", failure.Message);

        protected override void GiveUp(WriteTransaction transaction, TaskLease lease, Exception failure) => _givenUp = true;
    }
}

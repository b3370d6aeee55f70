using Berth.Server.Storage;

namespace Berth.Tests.Storage;

public sealed class BlockingThreadsTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Result_and_fault_come_back_to_the_caller()
    {
        using var threads = new BlockingThreads(2);
        Assert.Equal(42, await threads.Run(() => 42));
        var fault = await Assert.ThrowsAsync<IOException>(() => threads.Run<int>(() => throw new IOException("broken")));
        Assert.Equal("broken", fault.Message);
        Assert.Equal(43, await threads.Run(() => 43));
    }

    [Fact]
    public async Task As_many_run_at_once_as_the_limit_says_and_no_more()
    {
        const int Limit = 4;
        using var threads = new BlockingThreads(Limit);
        using var full = new CountdownEvent(Limit);
        using var release = new ManualResetEventSlim();
        var (running, most) = (0, 0);
        var work = Enumerable.Range(0, 5 * Limit).Select(number => threads.Run(() =>
        {
            var now = Interlocked.Increment(ref running);
            InterlockedMax(ref most, now);
            // The first that come wait for each other: the test ends only if the limit is reached.
            if (!full.IsSet)
                full.Signal();
            release.Wait(Cancel);
            Interlocked.Decrement(ref running);
            return number;
        })).ToList();
        await Task.Run(() => full.Wait(Cancel), Cancel);
        release.Set();
        Assert.Equal(Enumerable.Range(0, 5 * Limit), await Task.WhenAll(work));
        Assert.Equal(Limit, most);
    }

    [Fact]
    public async Task Work_runs_outside_the_pool_and_its_continuation_inside()
    {
        using var threads = new BlockingThreads(1);
        using var release = new ManualResetEventSlim();
        var work = threads.Run(() =>
        {
            release.Wait(Cancel);
            return Thread.CurrentThread.IsThreadPoolThread;
        });
        // Attached before the work ends, and willing to run on the thread that ends it.
        var continuation = work.ContinueWith(
            _ => Thread.CurrentThread.IsThreadPoolThread, Cancel, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        release.Set();
        Assert.False(await work);
        Assert.True(await continuation);
    }

    [Fact]
    public async Task Queued_work_is_finished_after_the_end_and_new_work_is_refused()
    {
        var threads = new BlockingThreads(1);
        using var release = new ManualResetEventSlim();
        var first = threads.Run(() =>
        {
            release.Wait(Cancel);
            return 1;
        });
        var second = threads.Run(() => 2);
        threads.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => threads.Run(() => 3));
        release.Set();
        Assert.Equal(1, await first);
        Assert.Equal(2, await second);
    }

    private static void InterlockedMax(ref int target, int value)
    {
        for (var seen = Volatile.Read(ref target); seen < value;)
        {
            var before = Interlocked.CompareExchange(ref target, value, seen);
            if (before == seen)
                return;
            seen = before;
        }
    }
}

using System.Runtime.InteropServices;

namespace Berth.Server.Operation;

/// <summary>
/// The heaps of the C library, from which SQLite, OpenSSL and the runtime allocate. glibc makes one for each thread, up to eight a core,
/// and gives little of them back by itself: after some minutes of pushes they held 55 MB, more than all managed memory.
/// </summary>
internal sealed partial class NativeMemory(TimeProvider time) : BackgroundService
{
    /// <summary>Giving back takes some milliseconds.</summary>
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    // malloc.h
    private const int ArenaMax = -8;

    /// <summary>Lets glibc make no more heaps than there are cores; those of the runtime's own threads are there already. MALLOC_ARENA_MAX, where it is set, wins.</summary>
    public static void Bound()
    {
        if (Environment.GetEnvironmentVariable("MALLOC_ARENA_MAX") is not null)
            return;
        try
        {
            _ = SetOption(ArenaMax, Math.Max(2, Environment.ProcessorCount));
        }
        catch (EntryPointNotFoundException)
        {
            // musl, which knows neither call, has one heap.
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                _ = GiveBack(0);
        }
        catch (Exception end) when (end is OperationCanceledException or EntryPointNotFoundException)
        {
            // The server stops, or the library is musl, which gives back by itself.
        }
    }

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int SetOption(int option, int value);

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int GiveBack(nuint keep);
}

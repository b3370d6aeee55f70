using System.Runtime.InteropServices;

namespace Berth.Server.Operation;

/// <summary>
/// The heaps of the C library, from which SQLite, OpenSSL and the runtime allocate. glibc makes one for each thread, up to eight a core,
/// and gives little of them back: after some minutes of pushes they held 55 MB, more than all managed memory.
/// </summary>
internal static partial class NativeMemory
{
    // malloc.h
    private const int ArenaMax = -8;

    /// <summary>At most one heap for each core; has to come before the threads do. MALLOC_ARENA_MAX, where it is set, wins.</summary>
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
            // Not glibc; musl has one heap.
        }
    }

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int SetOption(int option, int value);
}

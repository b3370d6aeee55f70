using System.Globalization;
using System.Runtime.InteropServices;

namespace Berth.Server.Operation;

/// <summary>
/// Gives memory back that the program holds and does not use: garbage, free room in the heaps of the C library, from which SQLite, OpenSSL
/// and the runtime allocate, and pages of the program's files that only the start read.
/// </summary>
internal static partial class UnusedMemory
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    /// <summary>Bytes. A minute that allocates less is one of rest: what runs by itself allocates 1 MB, a thousand pulls of a manifest 1.4 MB.</summary>
    private const long AtRest = 4 << 20;

    // malloc.h
    private const int ArenaMax = -8;

    // sys/mman.h
    private const int DontNeed = 4;

    /// <summary>
    /// Lets glibc make no more heaps than there are cores; those of the runtime's own threads are there already. By itself it makes one for each
    /// thread, up to eight a core, and gives little of them back: after some minutes of pushes they held 55 MB, more than all managed
    /// memory. <c>MALLOC_ARENA_MAX</c>, where it is set, wins.
    /// </summary>
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
            // musl, which knows neither call, has one heap and gives back by itself.
        }
    }

    /// <summary>Gives back what the start left: the first requests would carry it on, and a server at rest keep it. Takes some 50 ms.</summary>
    public static void GiveBackStart()
    {
        GiveBackFilePages();
        GiveBackGarbage();
        GiveBackHeaps();
    }

    /// <summary>Gives back the free room of the C library's heaps each minute, which takes a millisecond, and garbage, 10 ms, after each minute of rest.</summary>
    /// <param name="stopping">Ends it.</param>
    public static async Task GiveBack(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(Every);
        var allocated = GC.GetTotalAllocatedBytes();
        try
        {
            while (await timer.WaitForNextTickAsync(stopping))
            {
                if (GC.GetTotalAllocatedBytes() - allocated < AtRest)
                    GiveBackGarbage();
                GiveBackHeaps();
                allocated = GC.GetTotalAllocatedBytes();
            }
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
    }

    private static void GiveBackGarbage() => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);

    private static void GiveBackHeaps()
    {
        try
        {
            _ = Trim(keep: 0);
        }
        catch (EntryPointNotFoundException)
        {
            // musl.
        }
    }

    /// <summary>
    /// Unmaps the pages of the program's own file that are code or shared. What is used again is mapped again, 64 KiB at a time, from the
    /// kernel's cache, where they stay for as long as it has the room; starting reads 60 MB of them, and rest needs 45.
    /// </summary>
    /// <remarks>
    /// Other files are left alone: one that were unmapped meanwhile could have given its addresses to memory whose content would be lost.
    /// This file is mapped by the runtime alone, for assemblies, and those that are not collectible are never unloaded.
    /// </remarks>
    private static void GiveBackFilePages()
    {
        // A mapping is a line "55f0-55f8 r-xp 00001000 fe:00 1234 /path", and lines of figures follow it (proc_pid_smaps(5)).
        const string Figures = "/proc/self/smaps";
        if (!File.Exists(Figures))
            return;
        var program = $" {Environment.ProcessPath}";
        var mapping = "";
        foreach (var line in File.ReadLines(Figures))
        {
            if (line.EndsWith(program, StringComparison.Ordinal))
            {
                var isUnwritten = line.Contains(" r-xp ", StringComparison.Ordinal) || line.Contains(" r--s ", StringComparison.Ordinal);
                mapping = isUnwritten ? line[..line.IndexOf(' ')] : "";
            }
            else if (mapping.Length > 0 && line.StartsWith("Anonymous:", StringComparison.Ordinal))
            {
                // A page that was written, as a debugger's breakpoint is, would be lost.
                if (line.EndsWith(" 0 kB", StringComparison.Ordinal))
                    Unmap(mapping.Split('-'));
                mapping = "";
            }
        }
    }

    private static void Unmap(string[] range)
    {
        var (from, to) = (Address(range[0]), Address(range[1]));
        _ = Advise(from, to - from, DontNeed);

        static nuint Address(string hexadecimal) => nuint.Parse(hexadecimal, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
    }

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int SetOption(int option, int value);

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int Trim(nuint keep);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nuint address, nuint length, int advice);
}

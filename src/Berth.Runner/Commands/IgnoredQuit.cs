using System.Globalization;
using System.Runtime.InteropServices;

namespace Berth.Runner.Commands;

/// <summary>
/// A shell without job control starts programs in the background with SIGQUIT ignored, and .NET keeps to what it finds. Then the
/// signal that ends <c>run</c> after its jobs would do nothing, for no reason that its sender could see.
/// </summary>
internal static partial class IgnoredQuit
{
    private const int SigQuit = 3;
    private const nint DefaultAction = 0;

    /// <summary>Has the process heed the signal again; to be called before it is registered.</summary>
    public static void End()
    {
        // Where it is not ignored the runtime has a handler of its own, which is not to be touched.
        if (IsIgnored())
            _ = Signal(SigQuit, DefaultAction);
    }

    private static bool IsIgnored()
    {
        const string Field = "SigIgn:";
        var line = File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith(Field, StringComparison.Ordinal));
        return line is not null && (ulong.Parse(line.AsSpan(Field.Length).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture) >> (SigQuit - 1) & 1) != 0;
    }

    [LibraryImport("libc", EntryPoint = "signal")]
    private static partial nint Signal(int signal, nint action);
}

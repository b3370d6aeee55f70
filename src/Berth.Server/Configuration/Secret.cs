using System.Diagnostics;

namespace Berth.Server.Configuration;

/// <summary>A value that must not reach logs, messages or pages: its text comes out only by <see cref="Reveal"/>.</summary>
[DebuggerDisplay("***")]
internal sealed class Secret(string value)
{
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly string _value = value;

    /// <summary>The text itself, for the one place that needs it.</summary>
    public string Reveal() => _value;

    public override string ToString() => "***";
}

using System.Text;
using System.Text.RegularExpressions;

namespace Berth.Runner.Jobs;

/// <summary>Text for any POSIX shell.</summary>
internal static partial class Shell
{
    /// <summary>Starts the image's bash, else its sh; the script comes by standard input.</summary>
    public const string Start = """
        for shell in /usr/local/bin/bash /usr/bin/bash /bin/bash /usr/local/bin/sh /usr/bin/sh /bin/sh /busybox/sh; do
          if [ -x "$shell" ]; then exec "$shell"; fi
        done
        echo shell not found
        exit 1
        """;

    /// <summary>
    /// What stands before every script. A failing command ends it, in a pipeline too where the shell knows how to tell; PID 1 has
    /// no default action for SIGTERM, so it is given one.
    /// </summary>
    public const string Prologue = """
        trap 'exit 1' TERM
        if (set -o pipefail) 2>/dev/null; then set -o pipefail; fi
        set -o errexit
        set +o noclobber

        """;

    /// <summary>Single quotes keep all but themselves, newlines too, in every shell.</summary>
    public static string Quote(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    /// <summary>
    /// The script around <paramref name="body"/>: evaluated as a whole in a subshell whose input is empty, so that no command can
    /// swallow the lines after it.
    /// </summary>
    public static string Wrap(string body, bool debugTrace) =>
        $"{Prologue}{(debugTrace ? "set -o xtrace\n" : "")}(eval {Quote(body)}) </dev/null\nexit 0\n";

    /// <summary>Exports what a shell can name; the rest is only in the container's environment.</summary>
    public static void Export(StringBuilder script, JobVariables variables)
    {
        foreach (var variable in variables.All)
        {
            if (IsName().IsMatch(variable.Key))
                script.Append("export ").Append(variable.Key).Append('=').Append(Quote(variables.Visible(variable))).Append('\n');
        }
    }

    /// <summary>Each command after a line that shows it, in green, as GitLab's runner does.</summary>
    public static void Commands(StringBuilder script, IEnumerable<string> commands)
    {
        foreach (var command in commands)
        {
            var text = command.Trim();
            var end = text.IndexOf('\n', StringComparison.Ordinal);
            var shown = end < 0 ? text : $"{text[..end].TrimEnd('\r')} # collapsed multi-line command";
            if (shown.Length > 0)
                script.Append("printf '\\033[32;1m%s\\033[0;m\\n' ").Append(Quote($"$ {shown}")).Append('\n');
            script.Append(text).Append('\n');
        }
    }

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_]*$", RegexOptions.NonBacktracking)]
    private static partial Regex IsName();
}

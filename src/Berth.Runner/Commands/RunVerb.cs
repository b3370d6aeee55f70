using System.CommandLine;
using System.Runtime.InteropServices;
using Berth.Runner.Dispatch;

namespace Berth.Runner.Commands;

/// <summary><c>run</c>: asks for jobs and runs them until a signal.</summary>
internal static class RunVerb
{
    public static Command Command()
    {
        var command = new Command("run", "Ask for jobs and run them. SIGQUIT ends after the running jobs, SIGTERM stops them.");
        command.SetAction((parsed, _) => Run(parsed));
        return command;
    }

    private static async Task<int> Run(ParseResult parsed)
    {
        using var quit = new CancellationTokenSource();
        using var terminate = new CancellationTokenSource();
        using var quitting = PosixSignalRegistration.Create(PosixSignal.SIGQUIT, context => Cancel(context, quit));
        using var terminating = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Cancel(context, terminate));
        using var interrupting = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Cancel(context, terminate));
        // config.toml is watched anyway: a habit of sending SIGHUP must not end the process.
        using var reloading = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context => context.Cancel = true);
        var log = new RunnerLog(Console.Error, TimeProvider.System);
        using var process = new RunnerProcess(RunnerCommand.File(parsed), log, TimeProvider.System);
        try
        {
            await process.Run(quit.Token, terminate.Token);
        }
        catch (OperationCanceledException) when (terminate.IsCancellationRequested)
        {
            // It was told to end while it started.
        }
        return 0;
    }

    private static void Cancel(PosixSignalContext context, CancellationTokenSource source)
    {
        // The same signal again ends the process at once.
        context.Cancel = !source.IsCancellationRequested;
        source.Cancel();
    }
}

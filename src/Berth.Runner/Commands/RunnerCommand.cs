using System.CommandLine;
using System.Runtime.InteropServices;
using Berth.Runner.Configuration;
using Berth.Runner.Coordinator;

namespace Berth.Runner.Commands;

/// <summary>The command line of <c>berth-runner</c>; its options are gitlab-runner's.</summary>
internal static class RunnerCommand
{
    /// <summary>The exit code for what the user can mend, as of GNU tools.</summary>
    private const int BadUsage = 2;

    /// <summary>config.toml.</summary>
    public static Option<string> Config { get; } = new("--config", "-c")
    {
        Description = "The configuration file.",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable("CONFIG_FILE") is { Length: > 0 } path ? path : ConfigFile.DefaultPath,
        Recursive = true,
    };

    public static async Task<int> Run(string[] args)
    {
        var root = new RootCommand("Runs the jobs of a Berth or GitLab server in containers.") { Config };
        root.Subcommands.Add(RegisterVerb.Command());
        root.Subcommands.Add(RunVerb.Command());
        root.Subcommands.Add(RunnerVerbs.List());
        root.Subcommands.Add(RunnerVerbs.Verify());
        root.Subcommands.Add(RunnerVerbs.Unregister());
        using var interrupted = new CancellationTokenSource();
        // run has its own way to end; it takes the signals over.
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, _ => interrupted.Cancel());
        try
        {
            var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
            return await root.Parse(args).InvokeAsync(configuration, interrupted.Token);
        }
        catch (Exception e) when (e is ConfigException or CoordinatorException)
        {
            await Console.Error.WriteLineAsync($"berth-runner: {e.Message}");
            return e is ConfigException ? BadUsage : 1;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"berth-runner: {e.Message}");
            return 1;
        }
    }

    public static ConfigFile File(ParseResult parsed) => new(parsed.GetValue(Config)!);
}

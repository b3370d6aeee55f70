using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Reflection;
using System.Runtime.InteropServices;

namespace Berth.Server.Configuration;

/// <summary>
/// The command line of <c>berth</c>: the verbs, and every setting as an option of each. <c>berth</c> alone is <c>berth serve</c>.
/// A bad setting or argument is one line on standard error and exit code 2.
/// </summary>
internal sealed class BerthCommand
{
    /// <summary>The exit code for bad settings and arguments, as of GNU tools and GitLab's.</summary>
    public const int BadUsage = 2;

    /// <summary>The exit code of a verb that SIGINT or SIGTERM ended, as shells report SIGINT.</summary>
    public const int Interrupted = 130;

    private const string DefaultVerb = "serve";

    private readonly RootCommand _root = new("Berth, a container registry of projects. Without a verb: serve.");
    private readonly ProcessSurroundings _process;

    private BerthCommand(IReadOnlyList<Verb> verbs, ProcessSurroundings process)
    {
        _process = process;
        _root.Options.OfType<VersionOption>().Single().Action = new PrintVersion(process.Output);
        SettingOptions.AddTo(_root);
        foreach (var verb in verbs)
        {
            var command = new Command(verb.Name, verb.Description);
            Describe(command, verb);
            _root.Subcommands.Add(command);
            if (verb.Name == DefaultVerb)
                Describe(_root, verb);
        }
        _root.Subcommands.Add(new Command("version", "Print the version.") { Action = new PrintVersion(process.Output) });
    }

    /// <summary>The program's version, as the build gave it.</summary>
    public static string Version { get; } =
        typeof(BerthCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    /// <summary>Runs the verb that <paramref name="args"/> name; SIGINT and SIGTERM cancel its token.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> Run(IReadOnlyList<string> args, IReadOnlyList<Verb> verbs)
    {
        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        return await Run(args, verbs, ProcessSurroundings.Own, stop.Token);

        void Stop(PosixSignalContext context)
        {
            // The second signal ends the process at once.
            context.Cancel = !stop.IsCancellationRequested;
            stop.Cancel();
        }
    }

    /// <summary>The same in surroundings of the caller's.</summary>
    public static async Task<int> Run(IReadOnlyList<string> args, IReadOnlyList<Verb> verbs, ProcessSurroundings process, CancellationToken cancellationToken)
    {
        try
        {
            return await new BerthCommand(verbs, process).Invoke(args, cancellationToken);
        }
        catch (SettingsException e)
        {
            await process.Error.WriteLineAsync($"berth: {e.Message}");
            return BadUsage;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return Interrupted;
        }
    }

    private Task<int> Invoke(IReadOnlyList<string> args, CancellationToken cancellationToken)
    {
        // A value may begin with @, so no response files; and an option is a whole word, so no bundles of letters.
        var parsing = new ParserConfiguration { ResponseFileTokenReplacer = null, EnablePosixBundling = false };
        var parsed = _root.Parse(SettingOptions.WithKnownSpelling(args), parsing);
        if (parsed.Action is not HelpAction)
            UsageErrors.ThrowIfAny(parsed);
        // No timeout: the verb ends by its token, serve after its own grace period.
        return parsed.InvokeAsync(
            new InvocationConfiguration { Output = _process.Output, Error = _process.Error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null },
            cancellationToken);
    }

    private void Describe(Command command, Verb verb)
    {
        foreach (var option in verb.Options)
            command.Options.Add(option);
        foreach (var argument in verb.Arguments)
            command.Arguments.Add(argument);
        command.SetAction((parsed, cancellationToken) => verb.Run(
            BerthSettings.Load(SettingOptions.Given(parsed), _process.Environment, _process.WorkingDirectory), parsed, cancellationToken));
    }

    private sealed class PrintVersion(TextWriter output) : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            output.WriteLine($"berth {Version}");
            return 0;
        }
    }
}

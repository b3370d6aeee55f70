using System.Diagnostics;
using System.Globalization;
using System.Text;
using Berth.Acceptance.Harness;

namespace Berth.Acceptance.Runner;

/// <summary>A runner as a process, with a config.toml of its own.</summary>
/// <param name="software">Which runner; the published berth-runner if null.</param>
public sealed class RunnerProgram(RunnerSoftware? software = null) : IAsyncDisposable
{
    private readonly RunnerSoftware _software = software ?? RunnerSoftware.Berth;
    private readonly string _directory = Directory.CreateTempSubdirectory("berth-runner-test-").FullName;
    private readonly StringBuilder _output = new();
    private TaskCompletionSource _ready = new();
    private Process? _process;

    public string ConfigPath => Path.Combine(_directory, "config.toml");

    /// <summary>Variables of its process, beside those of the tests.</summary>
    public Dictionary<string, string> Environment { get; } = [];

    /// <summary>Starts it as a shell without job control starts a program in the background: with SIGINT and SIGQUIT ignored.</summary>
    public bool InBackground { get; set; }

    public string Output
    {
        get
        {
            lock (_output)
                return _output.ToString();
        }
    }

    /// <summary>Kilobytes that it holds in memory now, and held at most.</summary>
    public (long Now, long Peak) ResidentKilobytes
    {
        get
        {
            var status = File.ReadAllLines($"/proc/{_process!.Id}/status");
            return (Value("VmRSS:"), Value("VmHWM:"));

            long Value(string name) => long.Parse(status.First(line => line.StartsWith(name, StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        }
    }

    /// <summary>Starts <c>run</c> and waits until it is ready.</summary>
    public async Task Run(string config)
    {
        await File.WriteAllTextAsync(ConfigPath, config, TestContext.Current.CancellationToken);
        await Run();
    }

    public async Task Run()
    {
        var start = InBackground
            ? new ProcessStartInfo("sh", ["-c", "trap '' INT QUIT; exec \"$0\" run --config \"$1\"", _software.Path, ConfigPath])
            : new ProcessStartInfo(_software.Path, ["run", "--config", ConfigPath]);
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        foreach (var (name, value) in WholeEnvironment())
            start.Environment[name] = value;
        _ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Append(line.Data);
        _process.ErrorDataReceived += (_, line) => Append(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        try
        {
            await _ready.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        }
        catch (TimeoutException)
        {
            Assert.Fail($"{_software.Name} was not ready after 30 s:\n{Output}");
        }
    }

    /// <summary>Runs one of its other verbs with the same config.toml.</summary>
    public Task<CommandResult> Verb(string verb, params string[] arguments) => Command.Run(_software.Path, [verb, "--config", ConfigPath, .. arguments], WholeEnvironment());

    /// <summary>Runs a verb that takes all from its arguments.</summary>
    public Task<CommandResult> VerbWithoutFile(params string[] arguments) => Command.Run(_software.Path, arguments, WholeEnvironment());

    /// <summary>What selects its containers on the engine.</summary>
    public async Task<string> SystemLabel() =>
        $"label=org.berth.runner.system={await File.ReadAllTextAsync(Path.Combine(_directory, ".runner_system_id"), TestContext.Current.CancellationToken)}";

    /// <summary>Waits until its log holds <paramref name="text"/>.</summary>
    public async Task Said(string text)
    {
        for (var attempt = 0; !Output.Contains(text, StringComparison.Ordinal); attempt++)
        {
            Assert.True(attempt < 600, $"{_software.Name} did not say \"{text}\" within 30 s:\n{Output}");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    public async Task Signal(string signal) => (await Command.Run("kill", [$"-{signal}", $"{_process!.Id}"])).Succeeded();

    /// <summary>Waits for its end: an engine that is busy takes its time to remove a job's containers.</summary>
    public async Task<int> Exited()
    {
        try
        {
            await _process!.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromMinutes(3), TestContext.Current.CancellationToken);
        }
        catch (TimeoutException)
        {
            Assert.Fail($"{_software.Name} did not end within 3 minutes:\n{Output}");
        }
        return _process!.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            await Signal("TERM");
            await Exited();
        }
        _process?.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private Dictionary<string, string?> WholeEnvironment()
    {
        var environment = Environment.ToDictionary(variable => variable.Key, variable => (string?)variable.Value);
        // No login of whoever runs the tests: berth-runner looks for one here, gitlab-runner in the home.
        environment["DOCKER_CONFIG"] = environment["HOME"] = _directory;
        return environment;
    }

    private void Append(string? line)
    {
        if (line is null)
            return;
        lock (_output)
            _output.Append(line).Append('\n');
        if (line.Contains(_software.ReadyText, StringComparison.Ordinal))
            _ready.TrySetResult();
    }
}

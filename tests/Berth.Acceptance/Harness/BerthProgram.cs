using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace Berth.Acceptance.Harness;

/// <summary>The published program as a process, on a free port of the loopback unless told otherwise, with a data directory of its own.</summary>
public sealed partial class BerthProgram : IAsyncDisposable
{
    public const string RootPassword = "correct horse battery";
    public const string RootToken = "glpat-acceptance0123456789";

    private const int MaxShown = 20_000;

    /// <summary>Lets it write to its data alone, as a container with a read-only root does.</summary>
    private const string ReadOnlyRoot = """
        mount --bind "$1" "$1" && cd / &&
        for folder in / /tmp /var/tmp; do if mountpoint -q $folder; then mount -o remount,bind,ro $folder || exit; fi; done &&
        exec "$2"
        """;

    /// <summary>For the published program; `dotnet run` builds before it starts.</summary>
    private static readonly TimeSpan TimeToSay = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan TimeToReady = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan TimeToBuild = TimeSpan.FromMinutes(4);

    private readonly Dictionary<string, string> _settings;
    private readonly StringBuilder _output = new();
    private readonly bool _ownsData;
    private Process? _process;

    private BerthProgram(string dataDirectory, bool ownsData, int port, Dictionary<string, string> settings) =>
        (DataDirectory, _ownsData, Port, _settings) = (dataDirectory, ownsData, port, settings);

    public string DataDirectory { get; }

    public int Port { get; }

    /// <summary>Where it is reached for health and API, without a slash at the end.</summary>
    public string Url => _settings["Urls"].Split(';')[0];

    /// <summary>What image names begin with, unless the test set RegistryExternalUrl.</summary>
    public string Registry => new Uri(Url.Replace("*", "localhost", StringComparison.Ordinal)).Authority;

    /// <summary>The CA of Tls=self-signed.</summary>
    public string AuthorityPath => Path.Combine(DataDirectory, "tls/ca.pem");

    public int ProcessId => _process!.Id;

    /// <summary>All that it has printed.</summary>
    public string Output
    {
        get
        {
            lock (_output)
                return _output.ToString();
        }
    }

    /// <summary>Starts it and waits until it is ready.</summary>
    /// <param name="settings">Settings by name, in place of or beside the ones above; an empty value leaves a setting out.</param>
    /// <param name="dataDirectory">Data to start on, which outlives it; by default a fresh folder.</param>
    public static async Task<BerthProgram> Start(IReadOnlyDictionary<string, string>? settings = null, string? dataDirectory = null)
    {
        Assert.True(File.Exists(Checkout.Berth), $"{Checkout.Berth} is missing: run ./test, or dotnet publish src/Berth.Server -c Release -o artifacts/berth");
        var port = FreePort();
        var all = new Dictionary<string, string>
        {
            ["Urls"] = $"http://localhost:{port}",
            ["InitialRootPassword"] = RootPassword,
            ["InitialRootToken"] = RootToken,
        };
        foreach (var (name, value) in settings ?? new Dictionary<string, string>())
            all[name] = value.Replace("{port}", port.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal);
        foreach (var (name, _) in all.Where(setting => setting.Value.Length == 0).ToList())
            all.Remove(name);
        var program = new BerthProgram(dataDirectory ?? Directory.CreateTempSubdirectory("berth-").FullName, dataDirectory is null, port, all);
        await program.Restart();
        return program;
    }

    /// <summary>Starts it where all but its data is read-only.</summary>
    public static async Task<BerthProgram> StartOnReadOnlyRoot()
    {
        var port = FreePort();
        var settings = new Dictionary<string, string> { ["Urls"] = $"http://localhost:{port}", ["InitialRootToken"] = RootToken };
        var program = new BerthProgram(Directory.CreateTempSubdirectory("berth-").FullName, ownsData: true, port, settings);
        program.Launch(program.WithSettings(new ProcessStartInfo("unshare", ["--mount", "sh", "-c", ReadOnlyRoot, "sh", program.DataDirectory, Checkout.Berth])));
        await program.WaitUntilReady(TimeToReady);
        return program;
    }

    /// <summary>Starts it on a machine's address with a CA of its own.</summary>
    /// <param name="address">An IP address of this machine.</param>
    /// <param name="settings">Settings beside these.</param>
    public static Task<BerthProgram> StartSelfSigned(string address, IReadOnlyDictionary<string, string>? settings = null) =>
        Start(new Dictionary<string, string>(settings ?? new Dictionary<string, string>())
        {
            ["Tls"] = "self-signed",
            ["Urls"] = $"https://{address}:{{port}}",
            ["ExternalUrl"] = $"https://{address}:{{port}}",
        });

    /// <summary>Starts it from its source with no setting but, where the default port is taken, another address.</summary>
    /// <param name="checkout">A folder with the source; the data is kept in it.</param>
    /// <param name="line">The line of shell that does it.</param>
    public static async Task<BerthProgram> StartFromSource(string checkout, string line)
    {
        const int DefaultPort = 5050;
        var port = IsFree(DefaultPort) ? DefaultPort : FreePort();
        var settings = new Dictionary<string, string> { ["Urls"] = $"http://localhost:{port}" };
        var program = new BerthProgram(Path.Combine(checkout, "data"), ownsData: false, port, settings);
        var start = new ProcessStartInfo("sh", ["-c", $"exec {line}"]) { WorkingDirectory = checkout };
        if (port != DefaultPort)
            start.Environment["BERTH_Urls"] = settings["Urls"];
        // The compiler would stay behind to serve the next build.
        start.Environment["UseSharedCompilation"] = "false";
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        program.Launch(start);
        await program.WaitUntilReady(TimeToBuild);
        return program;
    }

    /// <summary>Starts it anew on the same data and waits until it is ready.</summary>
    public async Task Restart()
    {
        Launch();
        await WaitUntilReady(TimeToReady);
    }

    /// <summary>Starts it anew on the same data and does not wait.</summary>
    public void Launch() => Launch(WithSettings(new ProcessStartInfo(Checkout.Berth)));

    private ProcessStartInfo WithSettings(ProcessStartInfo start)
    {
        foreach (var (name, value) in Environment())
            start.Environment[name] = value;
        return start;
    }

    private void Launch(ProcessStartInfo start)
    {
        _process?.Dispose();
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Append(line.Data);
        _process.ErrorDataReceived += (_, line) => Append(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>The memory that it has resident now, in bytes.</summary>
    public Task<long> ResidentMemory() => Status("VmRSS");

    /// <summary>The most memory that it has had resident so far, in bytes.</summary>
    public Task<long> PeakMemory() => Status("VmHWM");

    private async Task<long> Status(string field)
    {
        var lines = await File.ReadAllLinesAsync($"/proc/{ProcessId}/status", TestContext.Current.CancellationToken);
        var kilobytes = lines.Single(line => line.StartsWith($"{field}:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
        return long.Parse(kilobytes, System.Globalization.CultureInfo.InvariantCulture) * 1024;
    }

    /// <summary>Ends it as kill -9 does.</summary>
    public async Task Kill()
    {
        _process!.Kill();
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Ends it by SIGTERM and returns its exit code.</summary>
    public async Task<int> Stop()
    {
        (await Command.Run("kill", ["-TERM", $"{ProcessId}"])).Succeeded();
        await _process!.WaitForExitAsync(TestContext.Current.CancellationToken);
        return _process.ExitCode;
    }

    /// <summary>Runs one of its other verbs on the same data and settings.</summary>
    public Task<CommandResult> Verb(params string[] arguments) => Command.Run(Checkout.Berth, arguments, Environment());

    /// <summary>The same as another user of this machine.</summary>
    public Task<CommandResult> VerbAs(string user, params string[] arguments) =>
        Command.Run("setpriv", [$"--reuid={user}", "--clear-groups", Checkout.Berth, .. arguments], Environment());

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync(CancellationToken.None);
        }
        _process?.Dispose();
        // Shown if the test fails.
        TestContext.Current.TestOutputHelper?.WriteLine(Output.Length > MaxShown ? Output[^MaxShown..] : Output);
        if (_ownsData)
            Directory.Delete(DataDirectory, recursive: true);
        Assert.False(Output.Contains(RootPassword, StringComparison.Ordinal) || Secret().IsMatch(Output), $"the server's log shows a secret:\n{Output}");
    }

    /// <summary>What Berth gives out: tokens by their prefix, and registry tokens.</summary>
    [GeneratedRegex(@"gl(pat|dt|cbt|rt)-[\w-]{20}|eyJ[\w-]{20,}\.")]
    private static partial Regex Secret();

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Any, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private Dictionary<string, string?> Environment()
    {
        var environment = _settings.ToDictionary(setting => $"BERTH_{setting.Key}", setting => (string?)setting.Value);
        environment["BERTH_DataDirectory"] = DataDirectory;
        return environment;
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Any, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>Waits for what it says of its own accord.</summary>
    public async Task WaitUntilItSays(string text)
    {
        var waiting = Stopwatch.StartNew();
        while (!Output.Contains(text, StringComparison.Ordinal))
        {
            Assert.True(waiting.Elapsed < TimeToSay, $"berth did not say '{text}' in {TimeToSay}:\n{Output}");
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }

    private async Task WaitUntilReady(TimeSpan limit)
    {
        var waiting = Stopwatch.StartNew();
        // Its own certificate is not what these tests ask about here.
        using var handler = new SocketsHttpHandler { UseProxy = false, SslOptions = { RemoteCertificateValidationCallback = (_, _, _, _) => true } };
        using var client = new HttpClient(handler);
        while (waiting.Elapsed < limit)
        {
            Assert.False(_process!.HasExited, $"berth ended at its start:\n{Output}");
            try
            {
                using var reply = await client.GetAsync($"{Url}/-/readiness", TestContext.Current.CancellationToken);
                if (reply.StatusCode == HttpStatusCode.OK)
                    return;
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
        Assert.Fail($"berth was not ready after {limit}:\n{Output}");
    }

    private void Append(string? line)
    {
        if (line is null)
            return;
        lock (_output)
            _output.Append(line).Append('\n');
    }
}

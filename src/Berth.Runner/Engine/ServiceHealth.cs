using System.Globalization;
using System.Text;
using Docker.DotNet;

namespace Berth.Runner.Engine;

/// <summary>
/// Probes services' ports from the helper container, that is from where the job will reach them. One accepted connection on one
/// port is enough: Docker-in-Docker exposes two ports and serves one.
/// </summary>
internal sealed class ServiceHealth(DockerClient engine, IReadOnlyList<ServiceContainer> services)
{
    private const string Ready = "ready ";

    private readonly HashSet<int> _ready = [];
    private readonly Dictionary<int, string> _dead = [];
    private readonly StringBuilder _line = new();
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _settled = new();

    /// <returns>The services that did not answer, and why.</returns>
    public async Task<IReadOnlyList<(ServiceContainer Service, string Error)>> Wait(HelperContainer helper, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _settled.Token);
        limit.CancelAfter(timeout);
        var watches = services.Select((_, i) => WatchEnd(i, limit.Token)).ToList();
        try
        {
            await helper.Run(Script(), Take, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The time is up, or every service answered or ended.
        }
        await limit.CancelAsync();
        await Task.WhenAll(watches);
        cancellationToken.ThrowIfCancellationRequested();
        return [.. services.Select((service, i) => (service, i)).Where(pair => !_ready.Contains(pair.i)).Select(pair =>
            (pair.service, _dead.GetValueOrDefault(pair.i) ?? $"service \"{pair.service.Name}\" timeout"))];
    }

    private string Script()
    {
        var script = new StringBuilder(Probe);
        script.Append("while :; do\nleft=0\n");
        for (var i = 0; i < services.Count; i++)
        {
            var probes = string.Join(" || ", services[i].Ports.Select(port => string.Create(CultureInfo.InvariantCulture, $"probe {services[i].Host} {port}")));
            script.Append(CultureInfo.InvariantCulture, $"if [ -z \"$ready{i}\" ]; then if {probes}; then ready{i}=1; echo '{Ready}{i}'; else left=1; fi; fi\n");
        }
        script.Append("[ $left = 1 ] || exit 0\nsleep 0.1 2>/dev/null || sleep 1\ndone\n");
        return script.ToString();
    }

    /// <summary>The helper's image need only have sh and git: git's own client is the last way to try a port.</summary>
    private const string Probe = """
        limit=; if command -v timeout >/dev/null; then limit='timeout 2'; fi
        probe() {
            if command -v bash >/dev/null; then
                $limit bash -c 'exec 3<>"/dev/tcp/$0/$1"' "$1" "$2" 2>/dev/null
            elif command -v nc >/dev/null; then
                nc -z -w 2 "$1" "$2" 2>/dev/null || $limit nc -w 2 "$1" "$2" </dev/null >/dev/null 2>&1
            else
                case $($limit git -c http.lowSpeedLimit=1 -c http.lowSpeedTime=1 ls-remote "http://$1:$2/" 2>&1) in
                    *onnect*|*esolve*) return 1 ;;
                esac
            fi
        }

        """;

    private async Task WatchEnd(int index, CancellationToken cancellationToken)
    {
        try
        {
            var ended = await engine.Containers.WaitContainerAsync(services[index].Id, cancellationToken);
            lock (_lock)
                _dead[index] = $"service \"{services[index].Name}\" ended with exit code {ended.StatusCode}";
            Settle();
        }
        catch (Exception e) when (EngineMessage.IsOutage(e) || e is OperationCanceledException)
        {
            // It still runs, which is as it should be.
        }
    }

    private void Take(ReadOnlySpan<byte> bytes)
    {
        foreach (var b in bytes)
        {
            if (b != '\n')
            {
                _line.Append((char)b);
                continue;
            }
            var line = _line.ToString();
            _line.Clear();
            if (line.StartsWith(Ready, StringComparison.Ordinal) && int.TryParse(line.AsSpan(Ready.Length), out var index))
            {
                lock (_lock)
                    _ready.Add(index);
            }
        }
        Settle();
    }

    private void Settle()
    {
        bool isSettled;
        lock (_lock)
            isSettled = _ready.Union(_dead.Keys).Count() == services.Count;
        // Not under the lock: what waits for it goes on in this call.
        if (isSettled)
            _settled.Cancel();
    }
}

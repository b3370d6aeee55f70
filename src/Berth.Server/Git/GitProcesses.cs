using Berth.Server.Configuration;

namespace Berth.Server.Git;

/// <summary>Starts git for clients: so many at once and no more, each counted.</summary>
internal sealed class GitProcesses(BerthSettings settings, GitMetrics metrics) : IDisposable
{
    private readonly SemaphoreSlim _places = new(GitLimits.MaxProcesses);

    /// <summary>A place for one process until it is disposed; null if none came free in time.</summary>
    public async Task<IDisposable?> Enter(CancellationToken cancellationToken)
    {
        if (!await _places.WaitAsync(GitLimits.MaxWait, cancellationToken))
            return null;
        metrics.ProcessStarted();
        return new Place(this);
    }

    public static GitProcess Advertise(GitRepository repository, bool push, string? protocol) => GitProcess.Start(
        repository.Path, [push ? "receive-pack" : "upload-pack", "--stateless-rpc", "--advertise-refs", "."],
        push ? GitConfiguration.Push(repository.Path, 0) : GitConfiguration.Fetch(repository.Path), protocol);

    public static GitProcess UploadPack(GitRepository repository, string? protocol) => GitProcess.Start(
        repository.Path, ["upload-pack", "--stateless-rpc", "."], GitConfiguration.Fetch(repository.Path), protocol);

    public GitProcess ReceivePack(GitRepository repository, string? protocol) => GitProcess.Start(
        repository.Path, ["receive-pack", "--stateless-rpc", "."], GitConfiguration.Push(repository.Path, settings.GitMaxPushSize), protocol);

    public void Dispose() => _places.Dispose();

    private sealed class Place(GitProcesses processes) : IDisposable
    {
        private int _left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _left, 1) == 1)
                return;
            processes.Leave();
        }
    }

    private void Leave()
    {
        _places.Release();
        metrics.ProcessEnded();
    }
}

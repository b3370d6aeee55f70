using System.Threading.Channels;

namespace Berth.Server.Git;

/// <summary>Each push leaves a pack. Where there are many, git makes one of them, drops what nothing has pointed at for two weeks, and packs refs. One repository at a time.</summary>
internal sealed class GitHousekeeper(GitRepositories repositories, ILogger<GitHousekeeper> log) : BackgroundService
{
    /// <summary>git's own default (gc.autoPackLimit).</summary>
    private const int MaxPacks = 50;

    /// <summary>What does not fit is noted by the project's next push.</summary>
    private readonly Channel<long> _pushed = Channel.CreateBounded<long>(new BoundedChannelOptions(1000) { FullMode = BoundedChannelFullMode.DropWrite });

    public void Pushed(long projectId) => _pushed.Writer.TryWrite(projectId);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var projectId in _pushed.Reader.ReadAllAsync(stoppingToken))
        {
            try
            {
                var repository = await repositories.Open(projectId);
                if (repository.CountPacks() > MaxPacks)
                    await repository.Pack(stoppingToken);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                log.NotPacked(projectId, failure);
            }
        }
    }
}

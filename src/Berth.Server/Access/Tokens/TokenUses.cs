using System.Collections.Concurrent;
using Berth.Server.Access.Login;
using Berth.Server.Database;

namespace Berth.Server.Access.Tokens;

/// <summary>
/// Writes down when tokens were last used, in the background: at most once a minute for each, many in one transaction. What a kill
/// takes away is some seconds of it.
/// </summary>
internal sealed class TokenUses(MetadataDatabase database, TimeProvider time, ILogger<TokenUses> log) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    private const long AtMostEvery = Clock.Minute;

    /// <summary>Tokens waiting; some MB. Beyond it a use is not written down until the next.</summary>
    private const int MaxWaiting = 100_000;

    /// <summary>Written in one transaction, so that pushes never wait long behind it.</summary>
    private const int Batch = 500;

    private readonly ConcurrentDictionary<(CredentialKind Kind, long Id), long> _waiting = new();

    /// <summary>A token was shown, and found to be alive.</summary>
    public void Note(CredentialKind kind, long id, long? lastUsedAt)
    {
        var now = time.Micros();
        if (now - (lastUsedAt ?? 0) >= AtMostEvery && _waiting.Count < MaxWaiting)
            _waiting[(kind, id)] = now;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(Every, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await Write();
        }
    }

    /// <summary>Where that fails, as on a full disk, pulls go on and the next use is written.</summary>
    private async Task Write()
    {
        var uses = _waiting.ToArray();
        foreach (var use in uses)
            _waiting.TryRemove(use);
        try
        {
            // In one order, so that replicas do not wait for each other in a circle.
            foreach (var batch in uses.OrderBy(use => use.Key).Chunk(Batch))
                await database.Write(transaction => Touch(transaction, batch), Durability.Process);
        }
        catch (Exception failure)
        {
            log.TokenUsesNotRecorded(uses.Length, failure);
        }
    }

    private static void Touch(WriteTransaction transaction, KeyValuePair<(CredentialKind Kind, long Id), long>[] batch)
    {
        foreach (var ((kind, id), now) in batch)
            transaction.Execute(kind == CredentialKind.DeployToken ? DeployTokenQueries.Touch : AccessTokenQueries.Touch, new { id, now, before = now - AtMostEvery });
    }
}

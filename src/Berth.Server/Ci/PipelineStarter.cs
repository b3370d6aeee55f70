using Berth.Server.Git;

namespace Berth.Server.Ci;

/// <summary>
/// Makes the pipelines of pushes. The journal of ref moves is its queue: a move is taken off it in the transaction that makes the
/// pipeline, so a crash neither loses one nor makes two.
/// </summary>
internal sealed class PipelineStarter(RefMoves moves, ProjectPipelines pipelines, TimeProvider time, ILogger<PipelineStarter> log) : BackgroundService
{
    public const string ConfigPath = ".gitlab-ci.yml";

    private const string Branches = "refs/heads/";
    private const string Tags = "refs/tags/";
    private const int Batch = 100;

    /// <summary>Another replica may have taken the push; in this process the journal itself wakes the loop.</summary>
    private static readonly TimeSpan PollEvery = TimeSpan.FromSeconds(5);

    /// <summary>The ref that keeps a pipeline's commit alive, whatever happens to its branch.</summary>
    public static string RefOf(long pipelineId) => $"refs/pipelines/{pipelineId}";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await pipelines.Resume(stoppingToken);
                await Start(stoppingToken);
                using var poll = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
                await Task.WhenAny(moves.WaitForDone(poll.Token), Task.Delay(PollEvery, time, poll.Token));
                await poll.CancelAsync();
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                log.PushesNotRead(failure);
                await Task.Delay(PollEvery, time, stoppingToken);
            }
        }
    }

    /// <summary>Works off the moves that are done by now, oldest first.</summary>
    public async Task Start(CancellationToken cancellationToken)
    {
        while (await moves.ListDone(Batch, cancellationToken) is { Count: > 0 } done)
        {
            foreach (var move in done)
                await Start(move, cancellationToken);
        }
    }

    private async Task Start(RefMove move, CancellationToken cancellationToken)
    {
        try
        {
            if (Wanted(move) is { } wanted)
            {
                await pipelines.Create(wanted, transaction => RefMoves.MarkProcessed(transaction, move.Id), cancellationToken);
                return;
            }
        }
        catch (Exception failure) when (failure is not OperationCanceledException and not IOException and not System.Data.Common.DbException)
        {
            // A fault in the push's own content: once more would fail once more. The push stands, and the log says why it has no pipeline.
            log.PipelineNotMade(move.Ref, move.ProjectId, failure);
        }
        await moves.Skip(move);
    }

    /// <summary>Null where no pipeline can follow: the ref was deleted, is neither branch nor tag, or no user moved it.</summary>
    private static NewPipeline? Wanted(RefMove move)
    {
        var isTag = move.Ref.StartsWith(Tags, StringComparison.Ordinal);
        if ((!isTag && !move.Ref.StartsWith(Branches, StringComparison.Ordinal)) || RefCommand.IsZero(move.NewObject) || move.UserId is not { } user)
            return null;
        var name = move.Ref[(isTag ? Tags : Branches).Length..];
        var options = move.PushOptions.Split('\n');
        return new NewPipeline(move.ProjectId, name, isTag, move.NewObject, isTag ? NewPipeline.NoCommit : move.OldObject, "push", user, options.Contains("ci.skip"), Given(options));
    }

    /// <summary>git push -o ci.variable=NAME=value, as GitLab takes it.</summary>
    private static Dictionary<string, string> Given(string[] options)
    {
        const string Option = "ci.variable=";
        var given = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var option in options.Where(option => option.StartsWith(Option, StringComparison.Ordinal)))
        {
            if (option[Option.Length..].Split('=', 2) is [{ Length: > 0 } key, var value])
                given[key] = value;
        }
        return given;
    }
}

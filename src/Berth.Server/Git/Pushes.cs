using Berth.Server.Access;
using Berth.Server.Configuration;
using Berth.Server.Http;

namespace Berth.Server.Git;

/// <summary>
/// Takes pushes in the order that loses no pipeline: the moves written down, git run, what moved synced and confirmed, and only
/// then the client told.
/// </summary>
internal sealed class Pushes(
    BerthSettings settings, GitRepositories repositories, GitProcesses processes, RefMoves moves, RefMoveSettler settler, GitHousekeeper housekeeper,
    GitMetrics metrics, ILogger<Pushes> log)
{
    /// <summary>What git may still need after its client has gone, to clean up behind itself.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    /// <summary>Runs one push; the answer's headers are set.</summary>
    public async Task Receive(GitAccess access, ReceivePackRequest request, Stream body, HttpContext context, StallLimit stall)
    {
        access.Demand(GitActions.Write);
        var repository = await repositories.Open(access);
        var intended = await moves.Intend(access, request.Commands, request.PushOptions);
        var output = new ReceivePackOutput(request.Has("side-band-64k"));
        var bytes = await Run(repository, request, body, context, output, stall);
        // From here on nothing is cancelled: the refs are what they are, and someone has to write it down.
        var done = await Confirm(repository, intended, output.Report);
        metrics.Pushed(bytes, done.Count);
        log.LogPushed(context, access, done, intended.Count - done.Count, bytes);
        if (done.Count > 0)
            housekeeper.Pushed(access.ProjectId);
        await context.Response.Body.WriteAsync(output.Held, context.RequestAborted);
    }

    /// <summary>Runs git to its end, which comes soon if the client goes. Returns how many bytes came.</summary>
    private async Task<long> Run(GitRepository repository, ReceivePackRequest request, Stream body, HttpContext context, ReceivePackOutput output, StallLimit stall)
    {
        await using var git = processes.ReceivePack(repository, GitProtocol.Parse(context.Request.Headers["Git-Protocol"]));
        await using var ended = stall.Token.Register(() => _ = git.KillAfter(Grace));
        // git refuses by receive.maxInputSize, and says so; twice as much is read to let it be heard.
        var feeding = GitStreams.Feed(request.Head, body, git.Input, settings.GitMaxPushSize * 2, stall);
        await output.Read(git.Output, async (progress, cancellationToken) =>
        {
            stall.Restart();
            if (!stall.Token.IsCancellationRequested)
                await context.Response.Body.WriteAsync(progress, cancellationToken);
        }, CancellationToken.None);
        var (code, error) = await git.Exit();
        if (code != 0)
            log.GitFailed("receive-pack", repository.ProjectId, code, error);
        try
        {
            return await feeding;
        }
        // The body broke off. git has seen its end and has ended; what it did counts.
        catch (Exception broken) when (broken is IOException or OperationCanceledException or InvalidDataException or BadHttpRequestException)
        {
            return 0;
        }
    }

    /// <summary>Writes down what moved: by git's report, or where there is none by what the refs are.</summary>
    private async Task<IReadOnlyList<RefMove>> Confirm(GitRepository repository, IReadOnlyList<RefMove> intended, ReceivePackReport? report)
    {
        if (report is null)
        {
            var happened = await settler.Settle(intended, CancellationToken.None);
            await moves.Confirm([], [.. intended.Except(happened).Select(move => move.Id)]);
            return happened;
        }
        var done = intended.Where(move => report.Moved(move.Ref)).ToList();
        if (done.Count > 0)
        {
            repository.SyncRefs(done.Select(move => move.Ref));
            await repositories.EnsureDefaultBranch(repository, RefMoveSettler.PushedBranches(done));
        }
        await moves.Confirm([.. done.Select(move => move.Id)], [.. intended.Except(done).Select(move => move.Id)]);
        return done;
    }
}

using Berth.Server.Database;

namespace Berth.Server.Git;

/// <summary>
/// Finds out what became of moves whose push never came to its end here: at start, and each minute, for a git process that outlived
/// a killed server may still move its refs.
/// </summary>
internal sealed class RefMoveSettler(RefMoves moves, GitRepositories repositories, TimeProvider time, ILogger<RefMoveSettler> log) : RecurringTask(Every, time)
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    /// <summary>
    /// A move that has not happened by then is taken for void. A longer push is not lost by it: its own end still makes its moves
    /// done.
    /// </summary>
    private const long VoidAfter = Clock.Hour;

    private const int Batch = 500;

    public override string Purpose => "Settle pushes of code that were cut off";

    protected override Task Run(CancellationToken cancellationToken) => Settle(cancellationToken);

    protected override void Failed(Exception failure) => log.NotSettled(failure);

    /// <summary>Compares every intended move with what its ref is now.</summary>
    public async Task Settle(CancellationToken cancellationToken)
    {
        long after = 0;
        while (await moves.ListIntended(after, Batch, cancellationToken) is { Count: > 0 } batch)
        {
            after = batch[^1].Id;
            foreach (var project in batch.GroupBy(move => move.ProjectId))
                await Settle([.. project], cancellationToken);
        }
    }

    /// <summary>Settles moves of one project, in id order; those that did not happen and are still young stay intended.</summary>
    /// <param name="intended">At least one.</param>
    /// <param name="cancellationToken">Ends it; what was not settled is settled the next Time.</param>
    /// <returns>Those that happened.</returns>
    public async Task<IReadOnlyList<RefMove>> Settle(IReadOnlyList<RefMove> intended, CancellationToken cancellationToken)
    {
        var repository = await repositories.Open(intended[0].ProjectId);
        // Refs before rows: a push that comes between is in the rows, and then explains itself at its own end.
        var refs = await repository.Refs(intended.Select(move => move.Ref).ToHashSet(StringComparer.Ordinal), cancellationToken);
        var since = await moves.Since(intended[0], cancellationToken);
        var happened = new HashSet<long>();
        foreach (var moved in since.GroupBy(move => move.Ref, StringComparer.Ordinal))
        {
            var list = moved.ToList();
            happened.UnionWith(RefMove.Happened(list, refs.GetValueOrDefault(moved.Key, new string('0', list[0].NewObject.Length))));
        }
        var done = intended.Where(move => happened.Contains(move.Id)).ToList();
        if (done.Count > 0)
        {
            repository.SyncRefs(done.Select(move => move.Ref));
            await repositories.EnsureDefaultBranch(repository, PushedBranches(done));
        }
        var old = intended.Where(move => !happened.Contains(move.Id) && move.At < Time.Micros() - VoidAfter);
        await moves.Confirm([.. done.Select(move => move.Id)], [.. old.Select(move => move.Id)]);
        if (done.Count > 0)
            log.Settled(done.Count, repository.ProjectId);
        return done;
    }

    /// <summary>The branches among done moves that are there after them, without refs/heads/.</summary>
    public static List<string> PushedBranches(IEnumerable<RefMove> done)
    {
        const string Branches = "refs/heads/";
        return [.. done.Where(move => move.Ref.StartsWith(Branches, StringComparison.Ordinal) && !RefCommand.IsZero(move.NewObject)).Select(move => move.Ref[Branches.Length..])];
    }
}

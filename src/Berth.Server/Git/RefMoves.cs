using System.Threading.Channels;
using Berth.Server.Access;
using Berth.Server.Database;

namespace Berth.Server.Git;

/// <summary>
/// The journal of ref moves: written down before git runs, confirmed after. Done moves wait in it until whoever makes pipelines has
/// taken them, in id order: <see cref="WaitForDone"/>, <see cref="ListDone"/>, and <see cref="MarkProcessed"/> in the transaction
/// that made what follows from the move.
/// </summary>
internal sealed class RefMoves(MetadataDatabase database, TimeProvider time)
{
    /// <summary>Holds one note that there is something; more would say no more.</summary>
    private readonly Channel<bool> _arrived = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Writes down what a push is about to do.</summary>
    public async Task<IReadOnlyList<RefMove>> Intend(GitAccess access, IReadOnlyList<RefCommand> commands, string pushOptions)
    {
        access.Demand(GitActions.Write);
        if (commands.Count == 0)
            return [];
        var now = time.Micros();
        var (project, caller) = (access.ProjectId, access.Caller);
        return await database.Write(transaction => commands.Select(command =>
        {
            var id = transaction.QuerySingle<long>(GitQueries.InsertMove, new
            {
                projectId = project,
                userId = caller.UserId,
                credential = caller.Credential,
                refName = command.Ref,
                oldObject = command.Old,
                newObject = command.New,
                pushOptions,
                now,
            });
            return new RefMove(id, project, caller.UserId, caller.Credential, command.Ref, command.Old, command.New, pushOptions, (long)RefMoveState.Intended, now);
        }).ToList());
    }

    /// <summary>Writes down what became of moves, and wakes who waits for done ones.</summary>
    public async Task Confirm(IReadOnlyList<long> done, IReadOnlyList<long> refused)
    {
        if (done.Count + refused.Count == 0)
            return;
        await database.Write(transaction =>
        {
            foreach (var id in done)
                transaction.Execute(GitQueries.SetDone, new { id });
            foreach (var id in refused)
                transaction.Execute(GitQueries.SetVoid, new { id });
        });
        if (done.Count > 0)
            _arrived.Writer.TryWrite(true);
    }

    /// <summary>Ends when moves were done since the last call, in this process. For one reader.</summary>
    public async Task WaitForDone(CancellationToken cancellationToken) => await _arrived.Reader.ReadAsync(cancellationToken);

    /// <summary>Done moves that nobody has worked on yet, oldest first.</summary>
    public Task<List<RefMove>> ListDone(int limit, CancellationToken cancellationToken) => List(RefMoveState.Done, after: 0, limit, cancellationToken);

    /// <summary>Takes a done move off the journal; false if another has.</summary>
    public static bool MarkProcessed(WriteTransaction transaction, long id) => transaction.Execute(GitQueries.SetProcessed, new { id }) == 1;

    /// <summary>Takes a done move off the journal where nothing follows from it.</summary>
    public Task Skip(RefMove move) => database.Write(transaction => MarkProcessed(transaction, move.Id));

    /// <summary>Moves of which nobody knows yet whether they happened.</summary>
    public Task<List<RefMove>> ListIntended(long after, int limit, CancellationToken cancellationToken) => List(RefMoveState.Intended, after, limit, cancellationToken);

    /// <summary>What happened or may have happened in a project since a move, that one included.</summary>
    public async Task<List<RefMove>> Since(RefMove first, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenRead(cancellationToken);
        return await connection.Query<RefMove>(GitQueries.MovesSince, new { projectId = first.ProjectId, first = first.Id }, cancellationToken);
    }

    private async Task<List<RefMove>> List(RefMoveState state, long after, int limit, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenRead(cancellationToken);
        return await connection.Query<RefMove>(GitQueries.MovesInState, new { state = (long)state, after, limit }, cancellationToken);
    }
}

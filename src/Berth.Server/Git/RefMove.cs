namespace Berth.Server.Git;

/// <summary>The states of a move; the numbers stand in the database.</summary>
internal enum RefMoveState
{
    /// <summary>Written down before git was let at it.</summary>
    Intended = 1,

    /// <summary>The ref moved; its pipelines are still to be made.</summary>
    Done = 2,

    /// <summary>git refused it, or never came to it.</summary>
    Void = 3,

    /// <summary>Done, and worked on.</summary>
    Processed = 4,
}

/// <summary>A push's move of one ref, as the database has it. Object ids in hex, all zeros where the ref is not there.</summary>
internal sealed record RefMove(
    long Id, long ProjectId, long? UserId, string Credential, string Ref, string OldObject, string NewObject, string PushOptions, long State, long At)
{
    /// <summary>
    /// Which moves of one ref must have happened, given what it points at now: the one that led there, the one before it, and so
    /// on. Each came from where the one before it ended, for git moves a ref only from what the push said.
    /// </summary>
    /// <param name="moves">Moves of the ref that are not void.</param>
    /// <param name="current">What it points at now; all zeros if it is not there.</param>
    public static HashSet<long> Happened(IReadOnlyList<RefMove> moves, string current)
    {
        var happened = new HashSet<long>();
        // A push can start only from what was there before it was written down, so the one before has a lower id.
        for (var before = long.MaxValue; Last(moves, current, before) is { } last; (current, before) = (last.OldObject, last.Id))
            happened.Add(last.Id);
        return happened;
    }

    /// <summary>What is known to be done goes before what is only intended, and later before earlier.</summary>
    private static RefMove? Last(IReadOnlyList<RefMove> moves, string current, long before) => moves
        .Where(move => move.NewObject == current && move.Id < before)
        .MaxBy(move => (move.State != (long)RefMoveState.Intended, move.Id));
}

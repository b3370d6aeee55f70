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
        // What is known to be done goes before what is only intended, and later before earlier.
        var left = moves.OrderBy(move => move.State != (long)RefMoveState.Intended).ThenBy(move => move.Id).ToList();
        while (left.FindLast(move => move.NewObject == current) is { } last)
        {
            left.Remove(last);
            happened.Add(last.Id);
            current = last.OldObject;
        }
        return happened;
    }
}

namespace Berth.Server.Database;

/// <summary>A write that waits for its turn, and the caller who waits for it.</summary>
internal abstract class WriteJob(Durability durability)
{
    public Durability Durability { get; } = durability;

    /// <summary>Runs the work; its outcome is kept until the commit is known.</summary>
    public abstract void Run(WriteTransaction transaction);

    /// <summary>Tells the caller that the work is committed.</summary>
    public abstract void Acknowledge();

    public abstract void Fail(Exception exception);
}

internal sealed class WriteJob<T>(Func<WriteTransaction, T> work, Durability durability) : WriteJob(durability)
{
    private readonly TaskCompletionSource<T> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T? _outcome;

    public Task<T> Completion => _completion.Task;

    public override void Run(WriteTransaction transaction) => _outcome = work(transaction);

    public override void Acknowledge() => _completion.TrySetResult(_outcome!);

    public override void Fail(Exception exception) => _completion.TrySetException(exception);
}

namespace Berth.Server.Database;

/// <summary>A task that is this process's to do, for as long as it is renewed with each step.</summary>
/// <param name="Id">The task's number.</param>
/// <param name="Owner">This process.</param>
/// <param name="Payload">What is to be done.</param>
internal sealed record TaskLease(long Id, string Owner, string Payload)
{
    /// <summary>Microseconds. A step takes a few milliseconds; a replica that died is followed after so long.</summary>
    public const long Duration = Clock.Minute;

    /// <summary>In the transaction of each step: false if another has taken the task meanwhile, and the step must not be done.</summary>
    public bool Renew(WriteTransaction transaction, long now) =>
        transaction.Execute(TaskQueries.Renew, new { id = Id, owner = Owner, until = now + Duration }) > 0;
}

using Berth.Server.Database;

namespace Berth.Server.Images;

/// <summary>
/// Adds quota deltas up every second: to the size of their repository and project, to what the project shares, and to the day. Not in
/// the transaction of the push, where the pushes of one repository would wait for each other. Nothing is lost and nothing counted twice,
/// whenever it is killed, and in whichever order transactions end: a delta is deleted by the transaction that adds it.
/// </summary>
internal sealed class UsageCounter(MetadataDatabase database, TimeProvider time, ILogger<UsageCounter> log) : RecurringTask(Every, time)
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    /// <summary>In one transaction, so that pushes never wait long behind it: about 5 ms of SQLite.</summary>
    private const int Batch = 200;

    public override string Purpose => "Add up what images hold";

    protected override async Task Run(CancellationToken cancellationToken)
    {
        await using (var connection = await database.OpenRead(cancellationToken))
        {
            if (await connection.QueryFirstOrDefault<long?>(UsageCounterQueries.Any, null, cancellationToken) is null)
                return;
        }
        while (await database.Write(AddUp, Durability.Process) == Batch)
            cancellationToken.ThrowIfCancellationRequested();
    }

    protected override void Failed(Exception failure) => log.UsageNotCounted(failure);

    private static int AddUp(WriteTransaction transaction)
    {
        transaction.QueryForUpdate<long>(UsageCounterQueries.Lock);
        var deltas = transaction.Query<Delta>(UsageCounterQueries.Take, new { limit = Batch });
        foreach (var ofProject in deltas.GroupBy(delta => delta.ProjectId).OrderBy(group => group.Key))
        {
            var shared = ofProject.GroupBy(delta => Convert.ToHexString(delta.Digest)).Sum(ofDigest => Share(transaction, [.. ofDigest]));
            transaction.Execute(UsageCounterQueries.AddToProject, new { id = ofProject.Key, bytes = ofProject.Sum(delta => delta.Bytes), shared });
            foreach (var ofDay in ofProject.GroupBy(delta => delta.At / Clock.Day))
                transaction.Execute(UsageCounterQueries.AddToDay, new { project = ofProject.Key, day = ofDay.Key, bytes = ofDay.Sum(delta => delta.Bytes) });
        }
        foreach (var ofRepository in deltas.GroupBy(delta => delta.RepositoryId).OrderBy(group => group.Key))
            transaction.Execute(UsageCounterQueries.AddToRepository, new { id = ofRepository.Key, bytes = ofRepository.Sum(delta => delta.Bytes) });
        return deltas.Count;
    }

    /// <summary>By how much more of a project is there more than once, after these deltas of one digest.</summary>
    private static long Share(WriteTransaction transaction, Delta[] deltas)
    {
        var row = new { project = deltas[0].ProjectId, digest = deltas[0].Digest, copies = deltas.Sum(delta => (long)Math.Sign(delta.Bytes)) };
        if (row.copies == 0)
            return 0;
        var now = transaction.QuerySingle<long>(UsageCounterQueries.AddCopies, row);
        if (now == 0)
            transaction.Execute(UsageCounterQueries.ForgetBlob, row);
        return (Math.Max(now - 1, 0) - Math.Max(now - row.copies - 1, 0)) * Math.Abs(deltas[0].Bytes);
    }

    private sealed record Delta(long ProjectId, long RepositoryId, byte[] Digest, long Bytes, long At);
}

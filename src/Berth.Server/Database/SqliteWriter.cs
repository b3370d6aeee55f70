using System.Threading.Channels;
using Berth.Server.Storage;
using Microsoft.Data.Sqlite;

namespace Berth.Server.Database;

/// <summary>
/// The one thread that writes to SQLite. It takes all jobs that wait, runs each in a savepoint of one transaction, commits, and
/// only then answers: one sync to the disk serves many callers, and a job that fails undoes only itself.
/// </summary>
internal sealed class SqliteWriter : IAsyncDisposable
{
    /// <summary>Bounds how long the first of a batch waits for the last.</summary>
    private const int MaxBatch = 256;

    private const int SqliteFull = 13;
    private const int SqliteIoError = 10;

    private readonly Channel<WriteJob> _jobs = Channel.CreateUnbounded<WriteJob>(new UnboundedChannelOptions { SingleReader = true });
    private readonly SqliteConnection _connection;
    private readonly KeptCommands _commands;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Durability _synchronous = Durability.Power;
    private long _commits;

    public SqliteWriter(SqliteConnection connection)
    {
        _connection = connection;
        _commands = new KeptCommands(connection);
        new Thread(Loop) { IsBackground = true, Name = "sqlite-writer" }.Start();
    }

    /// <summary>How many commits there were, those included that failed: they may have come through all the same.</summary>
    public long Commits => Volatile.Read(ref _commits);

    public void Enqueue(WriteJob job)
    {
        if (!_jobs.Writer.TryWrite(job))
            job.Fail(new ObjectDisposedException(nameof(SqliteWriter), "The database is closed."));
    }

    public async ValueTask DisposeAsync()
    {
        _jobs.Writer.TryComplete();
        await _ended.Task;
    }

    private void Loop()
    {
        var batch = new List<WriteJob>(MaxBatch);
        while (WaitForJobs())
        {
            while (batch.Count < MaxBatch && _jobs.Reader.TryRead(out var job))
                batch.Add(job);
            Commit(batch);
            batch.Clear();
        }
        _commands.Dispose();
        _ended.SetResult();
    }

    private bool WaitForJobs()
    {
        var wait = _jobs.Reader.WaitToReadAsync();
        return wait.IsCompletedSuccessfully ? wait.GetAwaiter().GetResult() : wait.AsTask().GetAwaiter().GetResult();
    }

    private void Commit(List<WriteJob> batch)
    {
        var done = new List<WriteJob>(batch.Count);
        try
        {
            SetSynchronous(batch.Exists(job => job.Durability == Durability.Power) ? Durability.Power : Durability.Process);
            using var transaction = _connection.BeginTransaction(deferred: false);
            var write = new WriteTransaction(_commands, transaction, Dialect.Sqlite);
            foreach (var job in batch)
            {
                if (RunInSavepoint(job, transaction, write))
                    done.Add(job);
            }
            transaction.Commit();
        }
        catch (Exception exception)
        {
            Interlocked.Increment(ref _commits);
            var fault = Translate(exception);
            batch.ForEach(job => job.Fail(fault));
            return;
        }
        Interlocked.Increment(ref _commits);
        done.ForEach(job => job.Acknowledge());
    }

    private static bool RunInSavepoint(WriteJob job, SqliteTransaction transaction, WriteTransaction write)
    {
        transaction.Save("job");
        try
        {
            job.Run(write);
            transaction.Release("job");
            return true;
        }
        // A full or failing disk ends the whole transaction by itself; any other failure is the job's own.
        catch (Exception exception) when (exception is not SqliteException { SqliteErrorCode: SqliteFull or SqliteIoError })
        {
            transaction.Rollback("job");
            job.Fail(exception);
            return false;
        }
    }

    /// <summary>Without a sync (NORMAL) a commit survives the process, and the next synced one takes it along.</summary>
    private void SetSynchronous(Durability durability)
    {
        if (_synchronous == durability)
            return;
        using var command = _connection.CreateCommand();
        command.CommandText = durability == Durability.Power ? "pragma synchronous = full" : "pragma synchronous = normal";
        command.ExecuteNonQuery();
        _synchronous = durability;
    }

    private static Exception Translate(Exception exception) => exception is SqliteException { SqliteErrorCode: SqliteFull } full
        ? new StorageFullException("The disk of the database is full: free space on the volume of DataDirectory.", full)
        : exception;
}

using System.Threading.Channels;
using Berth.Server.Storage;
using Npgsql;

namespace Berth.Server.Database;

/// <summary>
/// PostgreSQL, for several replicas. Reads are asynchronous; writes are the same synchronous functions as on SQLite, each in a
/// transaction of its own, on threads of their own, so that waiting for locks never starves the thread pool.
/// </summary>
internal sealed class PostgresDatabase : MetadataDatabase
{
    /// <summary>Writes at once; with the readers well below PostgreSQL's default of 100 connections for three replicas.</summary>
    private const int Writers = 16;

    /// <summary>
    /// Conflicts are cured by doing it again: serialization failures, deadlocks, and a key that another transaction took between our
    /// look and our insert, which the next look then sees. More than this means something else is wrong.
    /// </summary>
    private const int MaxTries = 5;

    private readonly NpgsqlDataSource _source;
    private readonly Channel<WriteJob> _jobs = Channel.CreateUnbounded<WriteJob>();
    private readonly Task[] _writers;

    public PostgresDatabase(string connectionString) : base(Dialect.Postgres)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        if (settings.MaxAutoPrepare == 0)
            settings.MaxAutoPrepare = 200;
        settings.AutoPrepareMinUsages = 2;
        settings.ApplicationName ??= "berth";
        _source = NpgsqlDataSource.Create(settings);
        _writers = [.. Enumerable.Range(0, Writers).Select(_ => Task.Factory.StartNew(Loop, TaskCreationOptions.LongRunning))];
    }

    protected override async ValueTask<ReadConnection> Rent(CancellationToken cancellationToken) =>
        new(await _source.OpenConnectionAsync(cancellationToken), Dialect, giveBack: null, keepsCommands: false);

    public override Task<T> Write<T>(Func<WriteTransaction, T> work, Durability durability = Durability.Power)
    {
        var job = new WriteJob<T>(work, durability);
        if (!_jobs.Writer.TryWrite(job))
            job.Fail(new ObjectDisposedException(nameof(PostgresDatabase), "The database is closed."));
        return job.Completion;
    }

    public override async ValueTask DisposeAsync()
    {
        _jobs.Writer.TryComplete();
        await Task.WhenAll(_writers);
        await _source.DisposeAsync();
    }

    private void Loop()
    {
        while (_jobs.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (_jobs.Reader.TryRead(out var job))
                Run(job);
        }
    }

    private void Run(WriteJob job)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                using var connection = _source.OpenConnection();
                using var transaction = connection.BeginTransaction();
                if (job.Durability == Durability.Process)
                {
                    using var relaxed = new NpgsqlCommand("set local synchronous_commit = off", connection, transaction);
                    relaxed.ExecuteNonQuery();
                }
                job.Run(new WriteTransaction(connection, transaction, Dialect.Postgres));
                transaction.Commit();
                job.Acknowledge();
                return;
            }
            catch (PostgresException conflict) when (attempt < MaxTries
                && conflict.SqlState is PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.UniqueViolation)
            {
            }
            catch (PostgresException full) when (full.SqlState == PostgresErrorCodes.DiskFull)
            {
                job.Fail(new StorageFullException("The disk of the PostgreSQL server is full: free space there.", full));
                return;
            }
            catch (Exception exception)
            {
                job.Fail(exception);
                return;
            }
        }
    }
}

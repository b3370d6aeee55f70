using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace Berth.Server.Database;

/// <summary>
/// SQLite in write-ahead mode: readers never wait, and one thread writes (<see cref="SqliteWriter"/>). Read connections are kept
/// open with their compiled commands: 3–4 µs a query, where opening one from ADO.NET's pool costs 10.
/// </summary>
internal sealed class SqliteDatabase : MetadataDatabase
{
    /// <summary>
    /// Connections that wait to be rented again; each may hold 1 MiB of pages. Only those are counted: long lists that are being sent hold
    /// theirs, and shall not make every other read open one.
    /// </summary>
    private static readonly int MaxIdle = Math.Max(16, 2 * Environment.ProcessorCount);

    private readonly ConcurrentBag<ReadConnection> _idle = [];
    private readonly string _path;
    private readonly SqliteWriter _writer;
    private int _idleCount;
    private volatile bool _disposed;

    public SqliteDatabase(string path) : base(Dialect.Sqlite)
    {
        _path = path;
        _writer = new SqliteWriter(Open(path, readOnly: false));
    }

    /// <summary>Opens a connection with the settings that all of Berth's connections share.</summary>
    public static SqliteConnection Open(string path, bool readOnly)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = 30 }.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
        // 8 MiB of pages a writer, 1 MiB a reader; the operating system's cache holds the rest. A checkpoint every 32 MiB of log writes a page
        // once that many commits changed; a start after a crash reads as much. What SQLite would put into files of /var/tmp stays in memory:
        // nothing but the data directory need be writable.
        command.CommandText = readOnly
            ? "pragma query_only = 1; pragma cache_size = -1024; pragma busy_timeout = 30000; pragma temp_store = memory;"
            : "pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = 1; pragma temp_store = memory; pragma cache_size = -8192; pragma busy_timeout = 30000; pragma wal_autocheckpoint = 8000; pragma journal_size_limit = 67108864;";
        command.ExecuteNonQuery();
        return connection;
    }

    public override long? Generation => _writer.Commits;

    protected override ValueTask<ReadConnection> Rent(CancellationToken cancellationToken)
    {
        if (!_idle.TryTake(out var connection))
            return ValueTask.FromResult(new ReadConnection(Open(_path, readOnly: true), Dialect, GiveBack, keepsCommands: true));
        Interlocked.Decrement(ref _idleCount);
        return ValueTask.FromResult(connection);
    }

    public override Task<T> Write<T>(Func<WriteTransaction, T> work, Durability durability = Durability.Power)
    {
        var job = new WriteJob<T>(work, durability);
        _writer.Enqueue(job);
        return job.Completion;
    }

    public override async ValueTask DisposeAsync()
    {
        _disposed = true;
        await _writer.DisposeAsync();
        while (_idle.TryTake(out var idle))
            idle.Connection.Dispose();
    }

    private void GiveBack(ReadConnection connection)
    {
        if (Interlocked.Increment(ref _idleCount) <= MaxIdle && !_disposed)
        {
            _idle.Add(connection);
            return;
        }
        Interlocked.Decrement(ref _idleCount);
        connection.Connection.Dispose();
    }
}

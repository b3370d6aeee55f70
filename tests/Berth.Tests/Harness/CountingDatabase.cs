using System.Collections.Concurrent;
using System.Data;
using System.Data.Common;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Berth.Server.Access;
using Berth.Server.Database;

namespace Berth.Tests.Harness;

/// <summary>
/// A database that keeps what each request asks it, by the request's trace: each command that reads, each write, but not the version of
/// rights, which is read by the clock and not by what is asked. What works in the background has no trace. On SQLite alone: Dapper knows
/// PostgreSQL by the name of its connection's type.
/// </summary>
internal sealed class CountingDatabase(MetadataDatabase inner) : MetadataDatabase(inner.Dialect)
{
    private readonly ConcurrentDictionary<ActivityTraceId, ConcurrentQueue<string>> _asked = new();

    public override long? Generation => inner.Generation;

    /// <summary>What was asked so far under a trace, in its order.</summary>
    public IReadOnlyCollection<string> AskedUnder(ActivityTraceId trace) => _asked.TryGetValue(trace, out var asked) ? asked : [];

    protected override async ValueTask<ReadConnection> Rent(CancellationToken cancellationToken)
    {
        var rented = await inner.OpenRead(cancellationToken);
        return new ReadConnection(new Connection(rented.Connection, Note), Dialect, _ => rented.DisposeAsync().AsTask().GetAwaiter().GetResult(), keepsCommands: false);
    }

    public override Task<T> Write<T>(Func<WriteTransaction, T> work, Durability durability = Durability.Power)
    {
        Note($"a write: {work.Method.DeclaringType?.FullName}.{work.Method.Name}");
        return inner.Write(work, durability);
    }

    public override ValueTask DisposeAsync() => inner.DisposeAsync();

    private void Note(string asked)
    {
        if (asked != AccessQueries.RightsVersion && Activity.Current is { } activity)
            _asked.GetOrAdd(activity.TraceId, _ => new()).Enqueue(asked);
    }

    private sealed class Connection(DbConnection inner, Action<string> note) : DbConnection
    {
        [AllowNull]
        public override string ConnectionString
        {
            get => inner.ConnectionString;
            set => inner.ConnectionString = value;
        }

        public override string Database => inner.Database;

        public override string DataSource => inner.DataSource;

        public override string ServerVersion => inner.ServerVersion;

        public override ConnectionState State => inner.State;

        public override void ChangeDatabase(string databaseName) => inner.ChangeDatabase(databaseName);

        public override void Close() => inner.Close();

        public override void Open() => inner.Open();

        protected override DbTransaction BeginDbTransaction(IsolationLevel isolationLevel) => inner.BeginTransaction(isolationLevel);

        protected override DbCommand CreateDbCommand() => new Command(inner.CreateCommand(), this, note);
    }

    private sealed class Command(DbCommand inner, DbConnection connection, Action<string> note) : DbCommand
    {
        [AllowNull]
        public override string CommandText
        {
            get => inner.CommandText;
            set => inner.CommandText = value;
        }

        public override int CommandTimeout
        {
            get => inner.CommandTimeout;
            set => inner.CommandTimeout = value;
        }

        public override CommandType CommandType
        {
            get => inner.CommandType;
            set => inner.CommandType = value;
        }

        public override UpdateRowSource UpdatedRowSource
        {
            get => inner.UpdatedRowSource;
            set => inner.UpdatedRowSource = value;
        }

        public override bool DesignTimeVisible { get; set; }

        protected override DbConnection? DbConnection { get; set; } = connection;

        protected override DbParameterCollection DbParameterCollection => inner.Parameters;

        protected override DbTransaction? DbTransaction
        {
            get => inner.Transaction;
            set => inner.Transaction = value;
        }

        public override void Cancel() => inner.Cancel();

        public override void Prepare() => inner.Prepare();

        public override int ExecuteNonQuery() => Noted().ExecuteNonQuery();

        public override object? ExecuteScalar() => Noted().ExecuteScalar();

        protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior) => Noted().ExecuteReader(behavior);

        protected override DbParameter CreateDbParameter() => inner.CreateParameter();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                inner.Dispose();
            base.Dispose(disposing);
        }

        private DbCommand Noted()
        {
            note(inner.CommandText);
            return inner;
        }
    }
}

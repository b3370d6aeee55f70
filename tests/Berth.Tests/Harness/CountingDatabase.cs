using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Berth.Server.Access;
using Berth.Server.Database;

namespace Berth.Tests.Harness;

/// <summary>
/// A database that counts what it is asked: each command that reads, each write, but not the version of rights, which is read by the
/// clock and not by what is asked. On SQLite alone: Dapper knows PostgreSQL by the name of its connection's type.
/// </summary>
internal sealed class CountingDatabase(MetadataDatabase inner) : MetadataDatabase(inner.Dialect)
{
    private int _asked;

    public int Asked => Volatile.Read(ref _asked);

    public override long? Generation => inner.Generation;

    protected override async ValueTask<ReadConnection> Rent(CancellationToken cancellationToken)
    {
        var rented = await inner.OpenRead(cancellationToken);
        return new ReadConnection(new Connection(rented.Connection, Count), Dialect, _ => rented.DisposeAsync().AsTask().GetAwaiter().GetResult(), keepsCommands: false);
    }

    public override Task<T> Write<T>(Func<WriteTransaction, T> work, Durability durability = Durability.Power)
    {
        Interlocked.Increment(ref _asked);
        return inner.Write(work, durability);
    }

    public override ValueTask DisposeAsync() => inner.DisposeAsync();

    private void Count(string sql)
    {
        if (sql != AccessQueries.RightsVersion)
            Interlocked.Increment(ref _asked);
    }

    private sealed class Connection(DbConnection inner, Action<string> count) : DbConnection
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

        protected override DbCommand CreateDbCommand() => new Command(inner.CreateCommand(), this, count);
    }

    private sealed class Command(DbCommand inner, DbConnection connection, Action<string> count) : DbCommand
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

        public override int ExecuteNonQuery() => Counted().ExecuteNonQuery();

        public override object? ExecuteScalar() => Counted().ExecuteScalar();

        protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior) => Counted().ExecuteReader(behavior);

        protected override DbParameter CreateDbParameter() => inner.CreateParameter();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                inner.Dispose();
            base.Dispose(disposing);
        }

        private DbCommand Counted()
        {
            count(inner.CommandText);
            return inner;
        }
    }
}

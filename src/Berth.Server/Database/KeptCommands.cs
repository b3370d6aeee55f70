using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;

namespace Berth.Server.Database;

/// <summary>
/// A connection to SQLite whose commands stay compiled: one that is disposed waits here for the next with the same text. SQLite takes
/// longer to compile a statement of a write than to run it, and Dapper makes a command for each call. One user at a time.
/// </summary>
internal sealed class KeptCommands(SqliteConnection connection) : DbConnection
{
    /// <summary>Bounds the memory; more than Berth's texts, those with lists in them (a text for each length) put aside.</summary>
    private const int MaxKept = 512;

    private readonly Dictionary<string, SqliteCommand> _kept = [];

    [AllowNull]
    public override string ConnectionString { get => connection.ConnectionString; set => connection.ConnectionString = value; }

    public override string Database => connection.Database;

    public override string DataSource => connection.DataSource;

    public override string ServerVersion => connection.ServerVersion;

    public override ConnectionState State => connection.State;

    public override void Open() => connection.Open();

    public override void Close() => connection.Close();

    public override void ChangeDatabase(string databaseName) => connection.ChangeDatabase(databaseName);

    protected override DbTransaction BeginDbTransaction(IsolationLevel isolationLevel) => connection.BeginTransaction(isolationLevel);

    protected override DbCommand CreateDbCommand() => new Command(this);

    protected override void Dispose(bool disposing)
    {
        foreach (var command in _kept.Values)
            command.Dispose();
        connection.Dispose();
        base.Dispose(disposing);
    }

    private SqliteCommand Take(string text)
    {
        if (_kept.Remove(text, out var kept))
            return kept;
        var command = connection.CreateCommand();
        command.CommandText = text;
        return command;
    }

    private void GiveBack(SqliteCommand command)
    {
        command.Parameters.Clear();
        command.Transaction = null;
        if (_kept.Count == MaxKept || !_kept.TryAdd(command.CommandText, command))
            command.Dispose();
    }

    /// <summary>
    /// Takes the kept command of its text when it runs, since the text may still change before: Dapper writes it anew for the items of a
    /// list, between one parameter and the next.
    /// </summary>
    private sealed class Command(KeptCommands connection) : DbCommand
    {
        /// <summary>Holds the parameters, and never runs.</summary>
        private readonly SqliteCommand _asked = new();

        private SqliteCommand? _running;

        [AllowNull]
        public override string CommandText { get => _asked.CommandText; set => _asked.CommandText = value; }

        public override int CommandTimeout { get => _asked.CommandTimeout; set => _asked.CommandTimeout = value; }

        public override CommandType CommandType { get => _asked.CommandType; set => _asked.CommandType = value; }

        public override bool DesignTimeVisible { get; set; }

        public override UpdateRowSource UpdatedRowSource { get; set; }

        protected override DbConnection? DbConnection { get => connection; set => throw new NotSupportedException(); }

        protected override DbParameterCollection DbParameterCollection => _asked.Parameters;

        protected override DbTransaction? DbTransaction { get => _asked.Transaction; set => _asked.Transaction = (SqliteTransaction?)value; }

        public override int ExecuteNonQuery() => Take().ExecuteNonQuery();

        public override object? ExecuteScalar() => Take().ExecuteScalar();

        public override void Prepare() => Take().Prepare();

        public override void Cancel() => _running?.Cancel();

        protected override DbParameter CreateDbParameter() => _asked.CreateParameter();

        protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior) => Take().ExecuteReader(behavior);

        protected override void Dispose(bool disposing)
        {
            GiveBack();
            _asked.Dispose();
            base.Dispose(disposing);
        }

        private SqliteCommand Take()
        {
            GiveBack();
            _running = connection.Take(CommandText);
            _running.Transaction = _asked.Transaction;
            _running.Parameters.AddRange(_asked.Parameters.Cast<SqliteParameter>());
            return _running;
        }

        private void GiveBack()
        {
            if (_running is not null)
                connection.GiveBack(_running);
            _running = null;
        }
    }
}

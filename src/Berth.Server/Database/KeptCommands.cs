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

    /// <summary>The kept command behind it comes with the text, which is therefore set before all but the transaction.</summary>
    private sealed class Command(KeptCommands connection) : DbCommand
    {
        private SqliteCommand? _command;
        private SqliteTransaction? _transaction;

        [AllowNull]
        public override string CommandText
        {
            get => _command?.CommandText ?? "";
            set
            {
                var next = connection.Take(value ?? "");
                next.Transaction = _transaction;
                // Dapper writes a text anew where it put a list's items into it as parameters.
                if (_command is not null)
                    next.Parameters.AddRange(_command.Parameters.Cast<SqliteParameter>());
                GiveBack();
                _command = next;
            }
        }

        public override int CommandTimeout { get => Taken.CommandTimeout; set => Taken.CommandTimeout = value; }

        public override CommandType CommandType { get => CommandType.Text; set => Taken.CommandType = value; }

        public override bool DesignTimeVisible { get; set; }

        public override UpdateRowSource UpdatedRowSource { get; set; }

        protected override DbConnection? DbConnection { get => connection; set => throw new NotSupportedException(); }

        protected override DbParameterCollection DbParameterCollection => Taken.Parameters;

        protected override DbTransaction? DbTransaction { get => _transaction; set => _transaction = (SqliteTransaction?)value; }

        private SqliteCommand Taken => _command ?? throw new InvalidOperationException("The command has no text yet.");

        public override int ExecuteNonQuery() => Taken.ExecuteNonQuery();

        public override object? ExecuteScalar() => Taken.ExecuteScalar();

        public override void Prepare() => Taken.Prepare();

        public override void Cancel() => Taken.Cancel();

        protected override DbParameter CreateDbParameter() => Taken.CreateParameter();

        protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior) => Taken.ExecuteReader(behavior);

        protected override void Dispose(bool disposing)
        {
            GiveBack();
            base.Dispose(disposing);
        }

        private void GiveBack()
        {
            if (_command is null)
                return;
            connection.GiveBack(_command);
            _command = null;
        }
    }
}

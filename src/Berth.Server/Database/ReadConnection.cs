using System.Data.Common;
using Dapper;

namespace Berth.Server.Database;

/// <summary>A rented connection for reading. On SQLite its calls end synchronously.</summary>
internal sealed class ReadConnection(DbConnection connection, Dialect dialect, Action<ReadConnection>? giveBack, bool keepsCommands) : IAsyncDisposable
{
    private readonly Dictionary<string, DbCommand>? _commands = keepsCommands ? [] : null;

    public DbConnection Connection { get; } = connection;

    public Task<T?> QueryFirstOrDefault<T>(string sql, object? parameters, CancellationToken cancellationToken) =>
        Connection.QueryFirstOrDefaultAsync<T?>(new CommandDefinition(dialect.Sql(sql), parameters, cancellationToken: cancellationToken));

    public async Task<List<T>> Query<T>(string sql, object? parameters, CancellationToken cancellationToken) =>
        (await Connection.QueryAsync<T>(new CommandDefinition(dialect.Sql(sql), parameters, cancellationToken: cancellationToken))).AsList();

    /// <summary>The rows one by one as they are read; for lists of any length.</summary>
    public IAsyncEnumerable<T> QueryUnbuffered<T>(string sql, object? parameters) => Connection.QueryUnbufferedAsync<T>(dialect.Sql(sql), parameters);

    /// <summary>
    /// A command for a hot query: where the connection is kept open its compiled form is kept with it, which saves most of what a
    /// small query costs. The caller sets its parameters each time and does not dispose it.
    /// </summary>
    public DbCommand Prepare(string sql, params ReadOnlySpan<string> parameters)
    {
        if (_commands is not null && _commands.TryGetValue(sql, out var kept))
            return kept;
        var command = Connection.CreateCommand();
        command.CommandText = sql;
        foreach (var name in parameters)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = name;
            command.Parameters.Add(parameter);
        }
        _commands?.Add(sql, command);
        return command;
    }

    public ValueTask DisposeAsync()
    {
        if (giveBack is null)
            return Connection.DisposeAsync();
        giveBack(this);
        return ValueTask.CompletedTask;
    }
}

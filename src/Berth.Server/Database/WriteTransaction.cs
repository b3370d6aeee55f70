using System.Data.Common;
using Dapper;

namespace Berth.Server.Database;

/// <summary>The transaction of one write, on the thread that writes.</summary>
internal sealed class WriteTransaction(DbConnection connection, DbTransaction transaction, Dialect dialect)
{
    public Dialect Dialect { get; } = dialect;

    public int Execute(string sql, object? parameters = null) => connection.Execute(Dialect.Sql(sql), parameters, transaction);

    public T? QueryFirstOrDefault<T>(string sql, object? parameters = null) =>
        connection.QueryFirstOrDefault<T?>(Dialect.Sql(sql), parameters, transaction);

    public T QuerySingle<T>(string sql, object? parameters = null) => connection.QuerySingle<T>(Dialect.Sql(sql), parameters, transaction);

    public List<T> Query<T>(string sql, object? parameters = null) => connection.Query<T>(Dialect.Sql(sql), parameters, transaction).AsList();

    /// <summary>All of the rows, for update: <see cref="QueryForUpdate"/> asks for one alone, and only that would be locked.</summary>
    public List<T> QueryAllForUpdate<T>(string sql, object? parameters = null) => Query<T>(sql + Dialect.ForUpdate, parameters);

    /// <summary>Reads rows for update: on PostgreSQL they stay locked until the transaction ends; SQLite has one writer anyway.</summary>
    public T? QueryForUpdate<T>(string sql, object? parameters = null) => QueryFirstOrDefault<T>(sql + Dialect.ForUpdate, parameters);
}

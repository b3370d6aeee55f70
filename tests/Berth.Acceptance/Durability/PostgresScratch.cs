using System.Data.Common;
using Berth.Acceptance.Harness;

namespace Berth.Acceptance.Durability;

/// <summary>A database of its own on the PostgreSQL that TEST_POSTGRES names (which ./test starts); the test is skipped without one.</summary>
internal sealed class PostgresScratch : IAsyncDisposable
{
    private readonly DbConnectionStringBuilder _server;
    private readonly string _name = $"berth_{Guid.NewGuid():N}";

    private PostgresScratch(DbConnectionStringBuilder server) => _server = server;

    public string ConnectionString => $"{_server.ConnectionString};Database={_name}";

    public static async Task<PostgresScratch> Create()
    {
        var server = Environment.GetEnvironmentVariable("TEST_POSTGRES");
        Assert.SkipWhen(string.IsNullOrEmpty(server), "TEST_POSTGRES names no PostgreSQL");
        var scratch = new PostgresScratch(new DbConnectionStringBuilder { ConnectionString = server });
        await scratch.Execute($"create database {scratch._name}");
        return scratch;
    }

    public async ValueTask DisposeAsync() => await Execute($"drop database {_name} with (force)");

    private async Task Execute(string sql) =>
        (await Command.Run("psql", ["-h", (string)_server["Host"], "-U", (string)_server["Username"], "-d", "postgres", "-v", "ON_ERROR_STOP=1", "-c", sql])).Succeeded();
}

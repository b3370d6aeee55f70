using System.Text;
using Berth.Server.Access;
using Berth.Server.Access.Audit;
using Berth.Server.Database;

namespace Berth.Server.Ci;

/// <summary>The variables of projects' settings. Their values are encrypted at rest, and handed out to jobs and to Maintainers.</summary>
internal sealed class CiVariables(MetadataDatabase database, SecretBox box, TimeProvider time)
{
    /// <summary>GitLab's limit of a value.</summary>
    public const int MaxValueLength = 10_000;

    private const string Purpose = "ci_variables.value";

    /// <summary>Those that a job on a ref may see, in order of their names.</summary>
    public async Task<List<JobVariable>> ForRef(long projectId, bool refProtected, CancellationToken cancellationToken) =>
        [.. (await List(projectId, cancellationToken)).Where(variable => refProtected || !variable.Protected).Select(variable => variable.ToJobVariable())];

    public async Task<List<CiVariable>> List(long projectId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenRead(cancellationToken);
        return [.. (await connection.Query<VariableRow>(VariableQueries.OfProject, new { project = projectId }, cancellationToken)).Select(Open)];
    }

    public async Task<CiVariable?> Find(long projectId, string key, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenRead(cancellationToken);
        return await connection.QueryFirstOrDefault<VariableRow>(VariableQueries.OfKey, new { project = projectId, key }, cancellationToken) is { } row ? Open(row) : null;
    }

    /// <summary>Makes a variable; false if the key is taken.</summary>
    public Task<bool> Create(ProjectAccess access, CiVariable variable) =>
        Write(access, "variable.create", variable.Key, VariableQueries.Insert, ToRow(access.Project.Id, variable), Facts(variable));

    public Task<bool> Change(ProjectAccess access, CiVariable variable) =>
        Write(access, "variable.change", variable.Key, VariableQueries.Update, ToRow(access.Project.Id, variable), Facts(variable));

    public Task<bool> Delete(ProjectAccess access, string key) =>
        Write(access, "variable.delete", key, VariableQueries.Delete, new { project = access.Project.Id, key }, details: null);

    private Task<bool> Write(ProjectAccess access, string action, string key, string sql, object row, object? details)
    {
        var now = time.Micros();
        return database.Write(transaction =>
        {
            if (transaction.Execute(sql, row) != 1)
                return false;
            AuditEvents.Record(transaction, new(now, access.Caller, action, AuditEntity.Project(access.Project)) { Target = new("ci_variable", null, key), Details = details });
            return true;
        });
    }

    private static object Facts(CiVariable variable) => new { @protected = variable.Protected, masked = variable.Masked };

    private CiVariable Open(VariableRow row) => new(row.Key, Encoding.UTF8.GetString(box.Open(Purpose, row.Value)), row.Masked != 0, row.Protected != 0, row.Raw != 0, row.IsFile != 0);

    private object ToRow(long projectId, CiVariable variable) => new
    {
        project = projectId,
        key = variable.Key,
        value = box.Seal(Purpose, Encoding.UTF8.GetBytes(variable.Value)),
        masked = variable.Masked ? 1L : 0L,
        @protected = variable.Protected ? 1L : 0L,
        raw = variable.Raw ? 1L : 0L,
        isFile = variable.IsFile ? 1L : 0L,
    };

    private sealed record VariableRow(string Key, byte[] Value, long Masked, long Protected, long Raw, long IsFile);
}

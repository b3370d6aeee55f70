using System.Text;
using Berth.Server.Access;
using Berth.Server.Access.Audit;
using Berth.Server.Database;
using Berth.Server.Http;

namespace Berth.Server.Ci;

/// <summary>The variables of projects' settings. Their values are encrypted at rest, and handed out to jobs and to Maintainers.</summary>
internal sealed class CiVariables(MetadataDatabase database, SecretBox box, TimeProvider time)
{
    /// <summary>GitLab's limit of a value.</summary>
    public const int MaxValueLength = 10_000;

    /// <summary>Variables of a project, all of which a job gets: GitLab's limit.</summary>
    public const int MaxOfProject = 8000;

    private const string Purpose = "ci_variables.value";

    /// <summary>Those that a job on a ref may see, in order of their names.</summary>
    public async Task<List<JobVariable>> ForRef(long projectId, bool refProtected, CancellationToken cancellationToken) =>
        [.. (await Read(VariableQueries.OfProject, new { project = projectId }, cancellationToken)).Where(variable => refProtected || !variable.Protected).Select(variable => variable.ToJobVariable())];

    /// <summary>A page of a project's, in order of their names, and how many it has.</summary>
    public async Task<(List<CiVariable> Rows, int Counted)> Page(long projectId, ApiPage page, CancellationToken cancellationToken)
    {
        var rows = await Read(VariableQueries.Page, new { project = projectId, limit = page.Size, offset = page.Skip }, cancellationToken);
        await using var connection = await database.OpenRead(cancellationToken);
        return (rows, (int)await connection.QueryFirstOrDefault<long>(VariableQueries.Count, new { project = projectId }, cancellationToken));
    }

    public async Task<CiVariable?> Find(long projectId, string key, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenRead(cancellationToken);
        return await connection.QueryFirstOrDefault<VariableRow>(VariableQueries.OfKey, new { project = projectId, key }, cancellationToken) is { } row ? Open(row) : null;
    }

    /// <summary>Makes a variable; why not, if it cannot be made.</summary>
    public async Task<FieldRefusal?> Create(ProjectAccess access, CiVariable variable)
    {
        await using (var connection = await database.OpenRead(CancellationToken.None))
        {
            if (await connection.QueryFirstOrDefault<long>(VariableQueries.Count, new { project = access.Project.Id }, CancellationToken.None) >= MaxOfProject)
                return new("key", $"cannot be added: a project has at most {MaxOfProject} variables, delete one first");
        }
        return await Write(access, "variable.create", variable.Key, VariableQueries.Insert, ToRow(access.Project.Id, variable), Facts(variable))
            ? null
            : new("key", $"({variable.Key}) has already been taken");
    }

    public Task<bool> Change(ProjectAccess access, CiVariable variable) =>
        Write(access, "variable.change", variable.Key, VariableQueries.Update, ToRow(access.Project.Id, variable), Facts(variable));

    public Task<bool> Delete(ProjectAccess access, string key) =>
        Write(access, "variable.delete", key, VariableQueries.Delete, new { project = access.Project.Id, key }, details: null);

    private async Task<List<CiVariable>> Read(string sql, object parameters, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenRead(cancellationToken);
        return [.. (await connection.Query<VariableRow>(sql, parameters, cancellationToken)).Select(Open)];
    }

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

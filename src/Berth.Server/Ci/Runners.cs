using System.Security.Cryptography;
using System.Text.Json;
using Berth.Server.Access;
using Berth.Server.Access.Audit;
using Berth.Server.Access.Login;
using Berth.Server.Access.Places;
using Berth.Server.Database;
using Berth.Server.Http;

namespace Berth.Server.Ci;

/// <summary>Runners: made, authenticated, changed, removed. Their tokens are shown once and stored as hashes.</summary>
internal sealed class Runners(MetadataDatabase database, SecretBox box, TimeProvider time)
{
    /// <summary>GitLab's prefix of the authentication token of a runner that someone made.</summary>
    private const string MadePrefix = "glrt-";

    /// <summary>
    /// GitLab's prefix of that of a runner that registered itself. gitlab-runner unregister (16.0) removes such a runner; of one that was
    /// made it only takes its own machine away.
    /// </summary>
    private const string RegisteredPrefix = "glrtr-";

    /// <summary>GitLab's prefix of a registration token.</summary>
    public const string RegistrationPrefix = "GR1348941";

    private const string Purpose = "runner_registration_tokens.sealed";

    /// <summary>A contact is written down at most this often.</summary>
    private const long ContactEvery = 40 * Clock.Second;

    public async Task<RunnerAccess?> Authenticate(string? token, CancellationToken cancellationToken)
    {
        if (token is not { Length: > 0 and <= RequestLimits.MaxSecretChars })
            return null;
        await using var connection = await database.OpenRead(cancellationToken);
        return await connection.QueryFirstOrDefault<RunnerRow>(RunnerQueries.BySecret, new { hash = Credentials.HashSecret(token) }, cancellationToken) is { } row
            ? RunnerAccess.Grant(row)
            : null;
    }

    /// <summary>Makes a runner and its token.</summary>
    public async Task<(RunnerRow Row, string Token)> Create(NewRunner wanted, AuditActor by)
    {
        var token = NewToken(wanted.CreatedBy);
        var now = time.Micros();
        var row = await database.Write(transaction =>
        {
            var id = transaction.QuerySingle<long>(RunnerQueries.Insert, new
            {
                kind = wanted.ProjectId is null ? RunnerRow.InstanceKind : RunnerRow.ProjectKind,
                project = wanted.ProjectId,
                createdBy = wanted.CreatedBy,
                hash = Credentials.HashSecret(token),
                shortToken = Short(token),
                description = wanted.Description,
                tags = JsonSerializer.Serialize(wanted.Tags),
                runUntagged = wanted.RunUntagged ? 1L : 0L,
                locked = wanted.Locked ? 1L : 0L,
                paused = wanted.Paused ? 1L : 0L,
                protectedOnly = wanted.ProtectedOnly ? 1L : 0L,
                maximumTimeout = wanted.MaximumTimeout,
                now,
            });
            var made = transaction.QuerySingle<RunnerRow>(RunnerQueries.ById, new { id });
            Record(transaction, now, by, "runner.create", made);
            return made;
        });
        return (row, token);
    }

    public async Task<RunnerRow?> Find(long id, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenRead(cancellationToken);
        return await connection.QueryFirstOrDefault<RunnerRow>(RunnerQueries.ById, new { id }, cancellationToken);
    }

    /// <summary>A page of all, those of the instance first, then the latest, and how many there are as far as a list tells.</summary>
    public Task<(List<RunnerRow> Rows, int Counted)> All(ApiPage page, CancellationToken cancellationToken) =>
        Page(RunnerQueries.All, RunnerQueries.CountAll, null, page, cancellationToken);

    /// <summary>The same of those that serve a project, its own first.</summary>
    public Task<(List<RunnerRow> Rows, int Counted)> OfProject(long projectId, ApiPage page, CancellationToken cancellationToken) =>
        Page(RunnerQueries.OfProject, RunnerQueries.CountOfProject, projectId, page, cancellationToken);

    private async Task<(List<RunnerRow> Rows, int Counted)> Page(string list, string count, long? project, ApiPage page, CancellationToken cancellationToken)
    {
        var parameters = new { project, limit = page.Size, offset = page.Skip, needed = page.Needed };
        await using var connection = await database.OpenRead(cancellationToken);
        return (await connection.Query<RunnerRow>(list, parameters, cancellationToken), (int)await connection.QueryFirstOrDefault<long>(count, parameters, cancellationToken));
    }

    /// <summary>The paths of the projects that some runners serve.</summary>
    public async Task<Dictionary<long, string>> ProjectPaths(IEnumerable<RunnerRow> rows, CancellationToken cancellationToken)
    {
        var ids = rows.Select(row => row.ProjectId).OfType<long>().Distinct().ToList();
        await using var connection = await database.OpenRead(cancellationToken);
        return (await connection.Query<PathRow>(RunnerQueries.ProjectPaths, new { ids }, cancellationToken)).ToDictionary(row => row.ProjectId, row => row.Path);
    }

    /// <summary>Gives the runner another token; the old one ends at once.</summary>
    public async Task<string> ResetToken(RunnerRow runner, AuditActor by)
    {
        var token = NewToken(runner.CreatedBy);
        var now = time.Micros();
        await database.Write(transaction =>
        {
            transaction.Execute(RunnerQueries.SetSecret, new { id = runner.Id, hash = Credentials.HashSecret(token), shortToken = Short(token) });
            Record(transaction, now, by, "runner.reset_token", runner);
        });
        return token;
    }

    public Task Change(RunnerRow runner, AuditActor by)
    {
        var now = time.Micros();
        return database.Write(transaction =>
        {
            if (transaction.Execute(RunnerQueries.Change, new
            {
                id = runner.Id,
                description = runner.Description,
                tags = runner.Tags,
                runUntagged = runner.RunUntagged,
                locked = runner.Locked,
                paused = runner.Paused,
                protectedOnly = runner.ProtectedOnly,
                maximumTimeout = runner.MaximumTimeout,
            }) > 0)
                Record(transaction, now, by, "runner.change", runner, new { paused = runner.Paused != 0, @protected = runner.ProtectedOnly != 0, run_untagged = runner.RunUntagged != 0, tags = runner.TagList() });
        });
    }

    /// <summary>Removes the runner; its finished jobs stay, the running ones fail as lost.</summary>
    public Task Delete(RunnerRow runner, AuditActor by)
    {
        var now = time.Micros();
        return database.Write(transaction =>
        {
            transaction.Execute(RunnerQueries.ForgetInJobs, new { id = runner.Id });
            if (transaction.Execute(RunnerQueries.Delete, new { id = runner.Id }) > 0)
                Record(transaction, now, by, "runner.delete", runner);
        });
    }

    private static void Record(WriteTransaction transaction, long now, AuditActor by, string action, RunnerRow runner, object? details = null)
    {
        var project = runner.ProjectId is { } id ? transaction.QueryFirstOrDefault<ProjectRow>(ProjectQueries.ProjectById, new { id }) : null;
        AuditEvents.Record(transaction, new(now, by, action, project is null ? AuditEntity.Instance : AuditEntity.Project(project)) { Target = new("runner", runner.Id, runner.Description), Details = details });
    }

    /// <summary>Writes down that the runner was heard of, and what it is.</summary>
    public async Task Contact(RunnerAccess runner, RunnerReport report, string? address)
    {
        var now = time.Micros();
        if (now - (runner.Row.ContactedAt ?? 0) < ContactEvery)
            return;
        await database.Write(transaction => transaction.Execute(RunnerQueries.Contact, new { id = runner.Row.Id, now, version = report.Version, platform = report.Platform, address }), Durability.Process);
    }

    /// <summary>Whose a registration token is: of a project, or null for the whole instance. False if it is none.</summary>
    public async Task<(bool Known, long? ProjectId)> FindRegistration(string? token, CancellationToken cancellationToken)
    {
        if (token is not { Length: > 0 and <= RequestLimits.MaxSecretChars })
            return (false, null);
        await using var connection = await database.OpenRead(cancellationToken);
        var row = await connection.QueryFirstOrDefault<RegistrationRow>(RunnerQueries.RegistrationToken, new { hash = Credentials.HashSecret(token) }, cancellationToken);
        return (row is not null, row?.ProjectId);
    }

    /// <summary>The registration token of a project, or of the instance (null); made when first asked for, and shown again.</summary>
    public async Task<string> RegistrationToken(long? projectId)
    {
        var fresh = RegistrationPrefix + RandomNumberGenerator.GetString("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", 27);
        var now = time.Micros();
        var sealedToken = await database.Write(transaction =>
        {
            if (transaction.QueryFirstOrDefault<RegistrationRow>(RunnerQueries.RegistrationTokenOf, new { project = projectId }) is { } row)
                return row.Sealed;
            var sealedFresh = box.Seal(Purpose, System.Text.Encoding.UTF8.GetBytes(fresh));
            transaction.Execute(RunnerQueries.InsertRegistrationToken, new { project = projectId, hash = Credentials.HashSecret(fresh), @sealed = sealedFresh, now });
            return sealedFresh;
        });
        return System.Text.Encoding.UTF8.GetString(box.Open(Purpose, sealedToken));
    }

    /// <summary>Nobody made a runner that registered itself.</summary>
    private static string NewToken(long? createdBy) => Credentials.NewSecret(createdBy is null ? RegisteredPrefix : MadePrefix);

    /// <summary>What the runner's containers and logs show of its token.</summary>
    private static string Short(string token) => token[(token.IndexOf('-', StringComparison.Ordinal) + 1)..][..9];

    private sealed record PathRow(long ProjectId, string Path);

    private sealed record RegistrationRow(long? ProjectId, byte[] Sealed);
}

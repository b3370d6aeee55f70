using System.Data.Common;
using Berth.Server.Database;

namespace Berth.Server.Access;

/// <summary>
/// Credentials that are for one project alone: the tokens of running jobs, which act with the rights of who started the job, and
/// deploy tokens, which act for nobody.
/// </summary>
internal sealed class ProjectCredentials(MetadataDatabase database, TimeProvider time, ILogger<ProjectCredentials> log)
{
    /// <summary>GitLab's prefix of a job token.</summary>
    public const string JobTokenPrefix = "glcbt-";

    /// <summary>The user name that goes with a job token; GitLab takes no other.</summary>
    public const string JobTokenUser = "gitlab-ci-token";

    private const long TouchEvery = 10 * Clock.Minute;
    private const long Active = 1;

    /// <summary>What a job may with its token, as far as its user may: its project's images and code.</summary>
    private const TokenScopes JobScopes = TokenScopes.ReadRegistry | TokenScopes.WriteRegistry | TokenScopes.ReadRepository;

    public static bool IsProjectToken(string secret) => IsJobToken(secret) || secret.StartsWith(DeployTokens.Prefix, StringComparison.Ordinal);

    /// <summary>Who presents this user name and token; both kinds want their own user name. Null if nobody.</summary>
    public async Task<Caller?> Find(string username, string secret, CancellationToken cancellationToken) =>
        IsJobToken(secret) ? await FindJob(username, secret, cancellationToken) : await FindDeployToken(username, secret, cancellationToken);

    /// <summary>The job as it stands now; null unless it runs and its user may work.</summary>
    public async ValueTask<Caller?> LiveJob(long id, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenRead(cancellationToken);
        var command = connection.Prepare(AccessQueries.LiveJob, "id");
        command.Parameters[0].Value = id;
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken) && row.GetString(0) is "running" or "canceling" && row.GetInt64(5) == Active
            ? new Caller(CredentialKind.JobToken, id, row.GetInt64(2), row.GetString(3), row.GetInt64(4) != 0, JobScopes, row.GetInt64(1))
            : null;
    }

    /// <summary>The deploy token as it stands now; null if it was revoked or has expired.</summary>
    public async ValueTask<Caller?> LiveDeployToken(long id, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenRead(cancellationToken);
        var command = connection.Prepare(DeployTokenQueries.Live, "id");
        command.Parameters[0].Value = id;
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken) && IsAlive(row)
            ? new Caller(CredentialKind.DeployToken, id, null, row.GetString(1), IsAdmin: false, (TokenScopes)row.GetInt64(2), row.GetInt64(0))
            : null;
    }

    private static bool IsJobToken(string secret) => secret.StartsWith(JobTokenPrefix, StringComparison.Ordinal);

    private bool IsAlive(DbDataReader row) => row.IsDBNull(4) && (row.IsDBNull(3) || row.GetInt64(3) > time.Micros());

    private async Task<Caller?> FindJob(string username, string secret, CancellationToken cancellationToken)
    {
        long? id;
        await using (var connection = await database.OpenRead(cancellationToken))
            id = await connection.QueryFirstOrDefault<long?>(AccessQueries.JobBySecret, new { hash = Credentials.HashSecret(secret) }, cancellationToken);
        return id is { } job && username == JobTokenUser ? await LiveJob(job, cancellationToken) : null;
    }

    private async Task<Caller?> FindDeployToken(string username, string secret, CancellationToken cancellationToken)
    {
        DeployTokenIdRow? token;
        await using (var connection = await database.OpenRead(cancellationToken))
            token = await connection.QueryFirstOrDefault<DeployTokenIdRow>(DeployTokenQueries.BySecret, new { hash = Credentials.HashSecret(secret) }, cancellationToken);
        if (token is null || token.Username != username || await LiveDeployToken(token.Id, cancellationToken) is not { } caller)
            return null;
        if (time.Micros() is var now && now - (token.LastUsedAt ?? 0) > TouchEvery)
            await Touch(token.Id, now);
        return caller;
    }

    /// <summary>Writes down when a token was used. Where that fails, as on a full disk, pulls go on.</summary>
    private async Task Touch(long id, long now)
    {
        try
        {
            await database.Write(transaction => transaction.Execute(DeployTokenQueries.Touch, new { now, id }), Durability.Process);
        }
        catch (Exception failure)
        {
            log.TokenUseNotRecorded(id, failure);
        }
    }

    private sealed record DeployTokenIdRow(long Id, string Username, long? LastUsedAt);
}

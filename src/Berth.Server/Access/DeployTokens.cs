using System.Text;
using Berth.Server.Database;

namespace Berth.Server.Access;

/// <summary>
/// Deploy tokens of projects: a user name and secret of their own, tied to no user, for one project alone. The one named
/// gitlab-deploy-token is handed to that project's jobs, so its secret is kept encrypted beside the hash.
/// </summary>
internal sealed class DeployTokens(MetadataDatabase database, SecretBox box, TimeProvider time)
{
    /// <summary>GitLab's prefix.</summary>
    public const string Prefix = "gldt-";

    /// <summary>GitLab's name for the token that jobs get as CI_DEPLOY_USER and CI_DEPLOY_PASSWORD.</summary>
    public const string ForJobs = "gitlab-deploy-token";

    /// <summary>What a deploy token may have.</summary>
    public const TokenScopes Scopes = TokenScopes.ReadRegistry | TokenScopes.WriteRegistry | TokenScopes.ReadRepository;

    private const string Purpose = "deploy_tokens.sealed";

    /// <summary>Makes a token; the secret is known here and then only to jobs. <paramref name="username"/> null: GitLab's default.</summary>
    public async Task<(DeployTokenRow Row, string Secret)> Create(ProjectAccess access, string name, string? username, TokenScopes scopes, long? expiresAt)
    {
        var secret = Credentials.NewSecret(Prefix);
        var now = time.Micros();
        var row = await database.Write(transaction =>
        {
            var id = transaction.QuerySingle<long>(DeployTokenQueries.Insert, new
            {
                project = access.Project.Id,
                name,
                username = username ?? "",
                hash = Credentials.HashSecret(secret),
                @sealed = name == ForJobs ? box.Seal(Purpose, Encoding.UTF8.GetBytes(secret)) : null,
                scopes = (long)scopes,
                createdBy = access.Caller.UserId,
                now,
                expiresAt,
            });
            if (username is null)
                transaction.Execute(DeployTokenQueries.SetUsername, new { id, username = $"gitlab+deploy-token-{id}" });
            AuditEvents.Record(transaction, new(now, access.Caller, "token.create", AuditEntity.Project(access.Project))
            {
                Target = new("deploy_token", id, name),
                Details = new { scopes = scopes.Names(), expires_at = expiresAt is { } at ? Clock.FromMicros(at) : (DateTimeOffset?)null },
            });
            return transaction.QuerySingle<DeployTokenRow>(DeployTokenQueries.OfProject, new { project = access.Project.Id, id });
        });
        return (row, secret);
    }

    public async Task<List<DeployTokenRow>> List(ProjectAccess access, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenRead(cancellationToken);
        return await connection.Query<DeployTokenRow>(DeployTokenQueries.ListOfProject, new { project = access.Project.Id }, cancellationToken);
    }

    public async Task<DeployTokenRow?> Find(ProjectAccess access, long id, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenRead(cancellationToken);
        return await connection.QueryFirstOrDefault<DeployTokenRow>(DeployTokenQueries.OfProject, new { project = access.Project.Id, id }, cancellationToken);
    }

    /// <summary>Ends a token at once; false if the project has no such one.</summary>
    public Task<bool> Revoke(ProjectAccess access, long id)
    {
        var now = time.Micros();
        return database.Write(transaction =>
        {
            if (transaction.Execute(DeployTokenQueries.Revoke, new { project = access.Project.Id, id, now }) != 1)
                return false;
            var name = transaction.QuerySingle<DeployTokenRow>(DeployTokenQueries.OfProject, new { project = access.Project.Id, id }).Name;
            AuditEvents.Record(transaction, new(now, access.Caller, "token.revoke", AuditEntity.Project(access.Project)) { Target = new("deploy_token", id, name) });
            return true;
        });
    }

    /// <summary>The credentials that a project's jobs get; null if it has no living token of that name.</summary>
    public async Task<BasicCredentials?> OfJobs(long projectId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenRead(cancellationToken);
        return await connection.QueryFirstOrDefault<SealedRow>(DeployTokenQueries.OfJobs, new { project = projectId, name = ForJobs, now = time.Micros() }, cancellationToken) is { } row
            ? new BasicCredentials(row.Username, Encoding.UTF8.GetString(box.Open(Purpose, row.Sealed)))
            : null;
    }

    private sealed record SealedRow(string Username, byte[] Sealed);
}

/// <summary>A deploy token as the database has it, without its secret.</summary>
internal sealed record DeployTokenRow(long Id, string Name, string Username, long Scopes, long CreatedAt, long? ExpiresAt, long? RevokedAt);

using System.Text;
using Berth.Server.Access.Audit;
using Berth.Server.Access.Login;
using Berth.Server.Database;
using Berth.Server.Http;

namespace Berth.Server.Access.Tokens;

/// <summary>
/// Deploy tokens: a user name and secret of their own, tied to no user, for one project, or for a group and all that is below it. The
/// one named gitlab-deploy-token is handed to jobs, so its secret is kept encrypted beside the hash.
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
    public async Task<(DeployTokenRow Row, string Secret)> Create(TokenOwner owner, string name, string? username, TokenScopes scopes, long? expiresAt)
    {
        var secret = Credentials.NewSecret(Prefix);
        var now = time.Micros();
        var row = await database.Write(transaction =>
        {
            var id = transaction.QuerySingle<long>(DeployTokenQueries.Insert, new
            {
                project = owner.ProjectId,
                group = owner.NamespaceId,
                name,
                username = username ?? "",
                hash = Credentials.HashSecret(secret),
                @sealed = name == ForJobs ? box.Seal(Purpose, Encoding.UTF8.GetBytes(secret)) : null,
                scopes = (long)scopes,
                createdBy = owner.Caller.UserId,
                now,
                expiresAt,
            });
            if (username is null)
                transaction.Execute(DeployTokenQueries.SetUsername, new { id, username = $"gitlab+deploy-token-{id}" });
            var made = transaction.QuerySingle<DeployTokenRow>(DeployTokenQueries.ById, Key(owner, id));
            Record(transaction, owner, made, "token.create", now);
            return made;
        });
        return (row, secret);
    }

    /// <summary>A page of an owner's, those that work (<paramref name="active"/>), those that don't, or all; and how many there are as far as a list tells.</summary>
    public Task<(List<DeployTokenRow> Rows, int Counted)> Page(TokenOwner owner, bool? active, ApiPage page, CancellationToken cancellationToken) =>
        Read(DeployTokenQueries.List, DeployTokenQueries.Count, owner, active, page, cancellationToken);

    /// <summary>The same of everyone's, for administrators.</summary>
    public Task<(List<DeployTokenRow> Rows, int Counted)> PageOfAll(ApiAccess access, bool? active, ApiPage page, CancellationToken cancellationToken)
    {
        access.DemandAdmin();
        return Read(DeployTokenQueries.ListAll, DeployTokenQueries.CountAll, null, active, page, cancellationToken);
    }

    private async Task<(List<DeployTokenRow> Rows, int Counted)> Read(string list, string count, TokenOwner? owner, bool? active, ApiPage page, CancellationToken cancellationToken)
    {
        var parameters = new
        {
            project = owner?.ProjectId,
            group = owner?.NamespaceId,
            active = active is { } wanted ? (wanted ? 1L : 0L) : (long?)null,
            now = time.Micros(),
            limit = page.Size,
            offset = page.Skip,
            needed = page.Needed,
        };
        await using var connection = await database.OpenRead(cancellationToken);
        return (await connection.Query<DeployTokenRow>(list, parameters, cancellationToken), (int)await connection.QueryFirstOrDefault<long>(count, parameters, cancellationToken));
    }

    public async Task<DeployTokenRow?> Find(TokenOwner owner, long id, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenRead(cancellationToken);
        return await connection.QueryFirstOrDefault<DeployTokenRow>(DeployTokenQueries.ById, Key(owner, id), cancellationToken);
    }

    /// <summary>Ends a token at once; false if its owner has no such one that lives.</summary>
    public Task<bool> Revoke(TokenOwner owner, long id)
    {
        var now = time.Micros();
        return database.Write(transaction =>
        {
            if (transaction.QueryFirstOrDefault<DeployTokenRow>(DeployTokenQueries.ById, Key(owner, id)) is not { } token
                || transaction.Execute(DeployTokenQueries.Revoke, new { id, now }) != 1)
                return false;
            Record(transaction, owner, token, "token.revoke", now);
            return true;
        });
    }

    /// <summary>The credentials that a project's jobs get; null if there is no living token of that name for it.</summary>
    public async Task<BasicCredentials?> OfJobs(long projectId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenRead(cancellationToken);
        return await connection.QueryFirstOrDefault<SealedRow>(DeployTokenQueries.OfJobs, new { project = projectId, name = ForJobs, now = time.Micros() }, cancellationToken) is { } row
            ? new BasicCredentials(row.Username, Encoding.UTF8.GetString(box.Open(Purpose, row.Sealed)))
            : null;
    }

    private static object Key(TokenOwner owner, long id) => new { id, project = owner.ProjectId, group = owner.NamespaceId };

    private static void Record(WriteTransaction transaction, TokenOwner owner, DeployTokenRow token, string action, long now) =>
        AuditEvents.Record(transaction, new(now, owner.Caller, action, owner.Entity)
        {
            Target = new("deploy_token", token.Id, token.Name),
            Details = new { scopes = ((TokenScopes)token.Scopes).Names(), username = token.Username, expires_at = token.ExpiresAt is { } at ? Clock.FromMicros(at) : (DateTimeOffset?)null },
        });

    private sealed record SealedRow(string Username, byte[] Sealed);
}

/// <summary>A deploy token as the database has it, without its secret. Times in microseconds.</summary>
internal sealed record DeployTokenRow(
    long Id, long? ProjectId, long? NamespaceId, string Name, string Username, long Scopes, long CreatedAt, long? ExpiresAt, long? RevokedAt)
{
    public bool IsActive(long now) => RevokedAt is null && !(ExpiresAt <= now);
}

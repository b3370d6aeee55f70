using Berth.Server.Access.Tokens;
using Berth.Server.Database;

namespace Berth.Server.Access.Login;

/// <summary>
/// Credentials that are for one project, or a deploy token's group, alone: the tokens of running jobs, which act with the rights of who started the job, and
/// deploy tokens, which act for nobody.
/// </summary>
internal sealed class ProjectCredentials(MetadataDatabase database, LiveCredentials live, TokenUses uses)
{
    /// <summary>GitLab's prefix of a job token.</summary>
    public const string JobTokenPrefix = "glcbt-";

    /// <summary>The user name that goes with a job token; GitLab takes no other.</summary>
    public const string JobTokenUser = "gitlab-ci-token";

    public static bool IsProjectToken(string secret) => IsJobToken(secret) || secret.StartsWith(DeployTokens.Prefix, StringComparison.Ordinal);

    /// <summary>Who presents this user name and token; both kinds want their own user name. Null if nobody.</summary>
    public async Task<Caller?> Find(string username, string secret, CancellationToken cancellationToken) =>
        IsJobToken(secret) ? await FindJob(username, secret, cancellationToken) : await FindDeployToken(username, secret, cancellationToken);

    public static bool IsJobToken(string secret) => secret.StartsWith(JobTokenPrefix, StringComparison.Ordinal);

    private async Task<Caller?> FindJob(string username, string secret, CancellationToken cancellationToken)
    {
        long? id;
        await using (var connection = await database.OpenRead(cancellationToken))
            id = await connection.QueryFirstOrDefault<long?>(AccessQueries.JobBySecret, new { hash = Credentials.HashSecret(secret) }, cancellationToken);
        return id is { } job && username == JobTokenUser ? await live.Find(CredentialKind.JobToken, job, issuedAt: 0, cancellationToken) : null;
    }

    private async Task<Caller?> FindDeployToken(string username, string secret, CancellationToken cancellationToken)
    {
        DeployTokenIdRow? token;
        await using (var connection = await database.OpenRead(cancellationToken))
            token = await connection.QueryFirstOrDefault<DeployTokenIdRow>(DeployTokenQueries.BySecret, new { hash = Credentials.HashSecret(secret) }, cancellationToken);
        if (token is null || token.Username != username || await live.Find(CredentialKind.DeployToken, token.Id, issuedAt: 0, cancellationToken) is not { } caller)
            return null;
        uses.Note(CredentialKind.DeployToken, token.Id, token.LastUsedAt);
        return caller;
    }

    private sealed record DeployTokenIdRow(long Id, string Username, long? LastUsedAt);
}

using Berth.Server.Access.Login;
using Berth.Server.Database;
using Berth.Server.Http;

namespace Berth.Server.Ci;

/// <summary>The tokens of running jobs, as their runners show them.</summary>
internal sealed class JobTokens(MetadataDatabase database)
{
    /// <summary>The job behind a token, whether it still runs or not; null if the token is unknown.</summary>
    public async Task<JobAccess?> Authenticate(string? token, CancellationToken cancellationToken)
    {
        if (token is not { Length: > 0 and <= RequestLimits.MaxSecretChars })
            return null;
        await using var connection = await database.OpenRead(cancellationToken);
        return await connection.QueryFirstOrDefault<JobRow>(JobQueries.ByToken, new { hash = Credentials.HashSecret(token) }, cancellationToken) is { } job
            ? JobAccess.Grant(job)
            : null;
    }
}

using System.Data.Common;
using Berth.Server.Access.Tokens;

namespace Berth.Server.Access.Login;

/// <summary>A credential that is neither revoked nor of a blocked user or an ended job, as the database has it.</summary>
/// <param name="Caller">Who it stands for.</param>
/// <param name="ChangedAt">Microseconds; what was opened by it before is over. 0 where there is no such time.</param>
/// <param name="ExpiresAt">Microseconds; null if never.</param>
internal sealed record LiveCredential(Caller Caller, long ChangedAt, long? ExpiresAt)
{
    private const long Active = 1;

    /// <summary>What a job may with its token, as far as its user may: its project's images and code.</summary>
    private const TokenScopes JobScopes = TokenScopes.ReadRegistry | TokenScopes.WriteRegistry | TokenScopes.ReadRepository;

    /// <summary>Takes the credential's id.</summary>
    public static string Query(CredentialKind kind) => kind switch
    {
        CredentialKind.Password => AccessQueries.LiveUser,
        CredentialKind.PersonalAccessToken => AccessTokenQueries.Live,
        CredentialKind.JobToken => AccessQueries.LiveJob,
        CredentialKind.DeployToken => DeployTokenQueries.Live,
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    /// <summary>From a row of the query; null if the credential is dead.</summary>
    public static LiveCredential? Read(CredentialKind kind, long id, DbDataReader row) => kind switch
    {
        CredentialKind.Password => row.GetInt64(2) == Active
            ? new(new Caller(kind, id, id, row.GetString(0), row.GetInt64(1) != 0, TokenScopes.All), row.GetInt64(3), null)
            : null,
        CredentialKind.PersonalAccessToken => row.IsDBNull(3) && row.GetInt64(6) == Active
            ? new(new Caller(kind, id, row.GetInt64(0), row.GetString(4), row.GetInt64(5) != 0, (TokenScopes)row.GetInt64(1)) { IsBot = row.GetInt64(7) == Bots.Kind }, 0, Number(row, 2))
            : null,
        CredentialKind.JobToken => row.GetString(0) is "running" or "canceling" && row.GetInt64(5) == Active
            ? new(new Caller(kind, id, row.GetInt64(2), row.GetString(3), row.GetInt64(4) != 0, JobScopes, Reach.OfJob(row.GetInt64(1), [])), 0, null)
            : null,
        CredentialKind.DeployToken => row.IsDBNull(5)
            ? new(new Caller(kind, id, null, row.GetString(2), IsAdmin: false, (TokenScopes)row.GetInt64(3), ReachOf(row)), 0, Number(row, 4))
            : null,
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    /// <summary>The project that lets a job's project in, of a row of a job token's query; null if there is none.</summary>
    public static long? HostOf(DbDataReader row) => Number(row, 6);

    /// <summary>A group that is gone has no path, and nothing is below that.</summary>
    private static Reach ReachOf(DbDataReader row) => Number(row, 0) is { } project ? Reach.OfProject(project) : Reach.OfGroup(row.IsDBNull(1) ? "/" : row.GetString(1));

    private static long? Number(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetInt64(column);
}

using System.Net;
using System.Security.Cryptography;
using System.Text;
using Berth.Server.Access.Accounts;
using Berth.Server.Access.Tokens;
using Berth.Server.Database;
using Berth.Server.Http;

namespace Berth.Server.Access.Login;

/// <summary>
/// From what a client presents to the <see cref="Caller"/> behind it, always as the database has it now: a revoked token, an
/// expired one or a blocked user is nobody.
/// </summary>
internal sealed class Credentials(
    MetadataDatabase database, LiveCredentials live, Passwords passwords, LoginThrottle throttle, ProjectCredentials projectCredentials, TokenUses uses,
    TokenFamilies families)
{
    public const string PersonalAccessTokenPrefix = "glpat-";

    private const long Active = 1;

    /// <summary>
    /// Who presents this user name and secret: a job or deploy token by its prefix, an access token (the name is not looked at, as in GitLab), else a password.
    /// Null if nobody.
    /// </summary>
    /// <exception cref="TooManyRequestsException">It is no valid token, and from there or for that account too much was wrong of late.</exception>
    public async Task<Caller?> Find(string username, string secret, IPAddress? address, CancellationToken cancellationToken)
    {
        if (!CanBe(username, secret))
            return null;
        var isToken = ProjectCredentials.IsProjectToken(secret);
        var caller = isToken ? await projectCredentials.Find(username, secret, cancellationToken) : await LookUpToken(secret, address, cancellationToken);
        if (caller is not null)
            return caller;
        // What looks like a token is no password: it costs no hash, and no account anything.
        if (!isToken && !secret.StartsWith(PersonalAccessTokenPrefix, StringComparison.Ordinal))
            return await CheckPassword(username, secret, address, cancellationToken);
        await throttle.NoteWrongToken(address, secret);
        return null;
    }

    /// <summary>Who has this password, and no token will do: what signs in to the pages may do everything its user may.</summary>
    /// <exception cref="TooManyRequestsException">From there or for that account too much was wrong of late.</exception>
    public Task<Caller?> FindPassword(string username, string password, IPAddress? address, CancellationToken cancellationToken) =>
        CanBe(username, password) ? CheckPassword(username, password, address, cancellationToken) : Task.FromResult<Caller?>(null);

    /// <summary>The caller behind an access token; null if it is unknown, revoked or expired, or its user blocked.</summary>
    /// <exception cref="TooManyRequestsException">It is none, and its address is banned.</exception>
    public async Task<Caller?> FindToken(string secret, IPAddress? address, CancellationToken cancellationToken)
    {
        if (await LookUpToken(secret, address, cancellationToken) is { } caller)
            return caller;
        await throttle.NoteWrongToken(address, secret);
        return null;
    }

    private async Task<Caller?> LookUpToken(string secret, IPAddress? address, CancellationToken cancellationToken)
    {
        TokenIdRow? token;
        await using (var connection = await database.OpenRead(cancellationToken))
            token = await connection.QueryFirstOrDefault<TokenIdRow>(AccessTokenQueries.BySecret, new { hash = HashSecret(secret) }, cancellationToken);
        if (token is { RotatedAt: not null })
            await families.EndFor(token.Id, address, cancellationToken);
        if (token is null || await Live(CredentialKind.PersonalAccessToken, token.Id, issuedAt: 0, cancellationToken) is not { } caller)
            return null;
        uses.Note(CredentialKind.PersonalAccessToken, token.Id, token.LastUsedAt);
        return caller;
    }

    /// <summary>
    /// The caller behind a credential that was checked before, as it stands now; null if it has died since.
    /// <paramref name="issuedAt"/>: when it was checked (microseconds); a password changed since ends what the old one opened.
    /// </summary>
    public ValueTask<Caller?> Live(CredentialKind kind, long id, long issuedAt, CancellationToken cancellationToken) =>
        live.Find(kind, id, issuedAt, cancellationToken);

    /// <summary>The form in which secrets of tokens are stored and looked up. They are long and random, so a plain hash is enough.</summary>
    public static byte[] HashSecret(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));

    /// <summary>A new token: GitLab's prefix and 160 random bits.</summary>
    public static string NewSecret(string prefix) => prefix + RandomNumberGenerator.GetString("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", 27);

    /// <summary>No user name holds a control character (RFC 7617, section 2), and PostgreSQL takes no NUL in a text.</summary>
    private static bool CanBe(string username, string secret) =>
        secret.Length is > 0 and <= RequestLimits.MaxSecretChars && username.Length is > 0 and <= RequestLimits.MaxSecretChars && !username.Any(char.IsControl);

    private Task<Caller?> CheckPassword(string username, string password, IPAddress? address, CancellationToken cancellationToken) =>
        throttle.Check(address, username, password, () => VerifyPassword(username, password, cancellationToken));

    private async Task<Caller?> VerifyPassword(string username, string password, CancellationToken cancellationToken)
    {
        UserRow? user;
        await using (var connection = await database.OpenRead(cancellationToken))
            user = await connection.QueryFirstOrDefault<UserRow>(AccessQueries.UserByName, new { username = username.ToLowerInvariant() }, cancellationToken);
        var right = await passwords.Verify(user?.PasswordHash, password, cancellationToken);
        return right && user is { State: Active }
            ? new Caller(CredentialKind.Password, user.Id, user.Id, user.Username, user.IsAdmin != 0, TokenScopes.All)
            : null;
    }

    private sealed record TokenIdRow(long Id, long? LastUsedAt, long? RotatedAt);

    private sealed record UserRow(long Id, string Username, long IsAdmin, long State, string? PasswordHash);
}

using System.Security.Cryptography;
using Berth.Server.Access.Accounts;
using Berth.Server.Access.Audit;
using Berth.Server.Access.Login;
using Berth.Server.Database;
using Berth.Server.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Berth.Server.Access.Pages;

/// <summary>
/// Sign-ins of pages: rows, found by the SHA-256 of 256 random bits in a cookie. One ends when its user signs out, changes the
/// password or is blocked, and after 14 days.
/// </summary>
internal sealed class Sessions(MetadataDatabase database, TimeProvider time)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(14);

    private const int SecretBytes = 32;
    private const long Active = 1;

    /// <summary>Signs a caller in whose password was just checked. Returns the cookie's value, which nothing keeps.</summary>
    public async Task<string> Start(Caller caller)
    {
        var secret = WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(SecretBytes));
        var now = time.Micros();
        var row = new { hash = Credentials.HashSecret(secret), user = caller.UserId, now, expires = now + (long)Lifetime.TotalMicroseconds };
        await database.Write(transaction =>
        {
            transaction.Execute(AccessQueries.DeleteDeadSessions, row);
            transaction.Execute(AccessQueries.InsertSession, row);
            transaction.Execute(AccessQueries.NoteSignIn, row);
            AuditEvents.Record(transaction, new(now, caller, "user.sign_in", AuditEntity.User(caller.UserId!.Value, caller.Username)));
        });
        return secret;
    }

    /// <summary>The session behind a cookie's value; null if there is none, or none any more.</summary>
    public async Task<Session?> Find(string? secret, CancellationToken cancellationToken)
    {
        if (secret is not { Length: > 0 and <= RequestLimits.MaxSecretChars })
            return null;
        await using var connection = await database.OpenRead(cancellationToken);
        var row = await connection.QueryFirstOrDefault<SessionRow>(AccessQueries.SessionBySecret, new { hash = Credentials.HashSecret(secret) }, cancellationToken);
        return row is { State: Active } && row.ExpiresAt > time.Micros() && row.CreatedAt >= row.PasswordChangedAt
            ? new Session(new Caller(CredentialKind.Password, row.UserId, row.UserId, row.Username, row.IsAdmin != 0, TokenScopes.All), secret)
            : null;
    }

    public Task End(Session session) => database.Write(transaction => transaction.Execute(AccessQueries.DeleteSession, new { hash = Credentials.HashSecret(session.Secret) }));

    /// <summary>Whether the first user has never signed in, so that someone may still look for the password.</summary>
    public async Task<bool> RootNeverSignedIn(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenRead(cancellationToken);
        return await connection.QueryFirstOrDefault<long?>(AccessQueries.SignedInAt, new { username = Users.RootName }, cancellationToken) is null;
    }

    private sealed record SessionRow(long UserId, long CreatedAt, long ExpiresAt, string Username, long IsAdmin, long State, long PasswordChangedAt);
}

/// <summary>A live sign-in. <c>Secret</c> is the cookie's value.</summary>
internal sealed record Session(Caller Caller, string Secret)
{
    /// <summary>Never the secret, whoever prints it.</summary>
    public override string ToString() => $"session of {Caller.Username}";
}

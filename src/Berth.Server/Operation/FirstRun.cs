using System.Security.Cryptography;
using Berth.Server.Access;
using Berth.Server.Access.Accounts;
using Berth.Server.Access.Tokens;
using Berth.Server.Configuration;
using Berth.Server.Database;

namespace Berth.Server.Operation;

/// <summary>Makes the user root on an empty database, with a random password unless one was set.</summary>
internal static class FirstRun
{
    /// <summary>GitLab's scopes that the first use of registry, git and runners needs.</summary>
    private const TokenScopes RootTokenScopes = TokenScopes.Api | TokenScopes.ReadRegistry | TokenScopes.WriteRegistry
        | TokenScopes.ReadRepository | TokenScopes.WriteRepository | TokenScopes.CreateRunner;

    /// <summary>True if this start was the first.</summary>
    public static async Task<bool> MakeRoot(MetadataDatabase database, BerthSettings settings, Passwords passwords, TimeProvider time)
    {
        await using (var connection = await database.OpenRead(CancellationToken.None))
        {
            if (await connection.QueryFirstOrDefault<long?>(AccessQueries.AnyUser, null, CancellationToken.None) is not null)
                return false;
        }
        var password = settings.InitialRootPassword?.Reveal() ?? NewPassword();
        // The file first: a root whose password nobody knows would be worse than a password without its root.
        if (settings.InitialRootPassword is null)
            DataDirectory.WriteSecret(settings.InitialRootPasswordFile, password);
        var hash = await passwords.Hash(password, CancellationToken.None);
        var now = time.Micros();
        var made = await database.Write(transaction =>
        {
            if (Users.Insert(transaction, new NewUser(Users.RootName, "Administrator", null, null, IsAdmin: true), hash, now) is not { } id)
                return false;
            if (settings.InitialRootToken is { } token)
            {
                AccessTokens.Insert(transaction, new NewAccessToken(AccessTokenKind.Personal, id, "initial root token", null, RootTokenScopes, null), token.Reveal(), now);
            }
            return true;
        });
        // Another replica was first: root has the password in its file.
        if (!made && settings.InitialRootPassword is null)
            File.Delete(settings.InitialRootPasswordFile);
        return made;
    }

    /// <summary>120 random bits in letters and digits, without those that look alike.</summary>
    public static string NewPassword() => RandomNumberGenerator.GetString("abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789", 21);
}

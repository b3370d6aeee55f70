using Berth.Server.Database;

namespace Berth.Server.Access;

/// <summary>Users, each with the namespace of their name.</summary>
internal sealed class Users(MetadataDatabase database, ImageTargets targets, Passwords passwords, TimeProvider time)
{
    /// <summary>The first user, made at the first start.</summary>
    public const string RootName = "root";

    /// <summary>Makes a user and their namespace; null if the name is taken.</summary>
    public async Task<long?> Create(ApiAccess access, NewUser user, CancellationToken cancellationToken)
    {
        access.DemandAdmin();
        var hash = user.Password is null ? null : await passwords.Hash(user.Password, cancellationToken);
        var now = time.Micros();
        try
        {
            return await database.Write(transaction =>
            {
                var made = Insert(transaction, user, hash, now);
                if (made is { } id)
                    AuditEvents.Record(transaction, new(now, access.Caller, "user.create", AuditEntity.User(id, user.Username)) { Details = new { admin = user.IsAdmin } });
                return made;
            });
        }
        catch (PathTakenException)
        {
            return null;
        }
        finally
        {
            targets.Forget();
        }
    }

    public async Task<UserRow?> Find(long id, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenRead(cancellationToken);
        return await connection.QueryFirstOrDefault<UserRow>(AccessQueries.UserById, new { id }, cancellationToken);
    }

    public async Task<UserRow?> FindByName(string username, CancellationToken cancellationToken)
    {
        // No name holds a NUL, and PostgreSQL takes none to look for.
        if (username.Contains('\0', StringComparison.Ordinal))
            return null;
        await using var connection = await database.OpenRead(cancellationToken);
        return await connection.QueryFirstOrDefault<UserRow>(AccessQueries.UserRowByName, new { username = username.ToLowerInvariant() }, cancellationToken);
    }

    /// <summary>The rows of a new user: the user, the namespace and its route. Null if the path is taken.</summary>
    public static long? Insert(WriteTransaction transaction, NewUser user, string? passwordHash, long now)
    {
        var lower = user.Username.ToLowerInvariant();
        if (transaction.QueryFirstOrDefault<string>(ProjectQueries.RouteExists, new { path = lower }) is not null)
            return null;
        var id = transaction.QuerySingle<long>(AccessQueries.InsertUser, new
        {
            username = user.Username,
            lower,
            name = user.Name,
            email = user.Email,
            hash = passwordHash,
            isAdmin = user.IsAdmin ? 1L : 0L,
            now,
        });
        Namespaces.Insert(transaction, new NewNamespace(NamespaceKind.User, OwnerId: id, ParentId: null, user.Username, user.Name, "", Visibility.Public, AccessLevel.Owner, PushCreatesProjects: false, now), user.Username);
        transaction.Execute(AccessQueries.BumpRights);
        return id;
    }
}

internal sealed record NewUser(string Username, string Name, string? Email, string? Password, bool IsAdmin);

internal sealed record UserRow(long Id, string Username, string Name, string? Email, long IsAdmin, long State, long CreatedAt);

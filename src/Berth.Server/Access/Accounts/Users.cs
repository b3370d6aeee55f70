using Berth.Server.Access.Audit;
using Berth.Server.Access.Login;
using Berth.Server.Access.Places;
using Berth.Server.Access.Registry;
using Berth.Server.Database;

namespace Berth.Server.Access.Accounts;

/// <summary>Users, each with the namespace of their name. Every change counts at the next request, whatever tokens clients hold.</summary>
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

    /// <summary>A user who is not deleted.</summary>
    public async Task<UserRow?> Find(long id, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenRead(cancellationToken);
        return await connection.QueryFirstOrDefault<UserRow>(UserQueries.ById, new { id }, cancellationToken) is { State: not UserState.Deleted } user ? user : null;
    }

    public async Task<UserRow?> FindByName(string username, CancellationToken cancellationToken)
    {
        // No name holds a NUL, and PostgreSQL takes none to look for. A deleted user's row is found by no name.
        if (username.Contains('\0', StringComparison.Ordinal) || NamespacePath.Refusal(username) is not null)
            return null;
        await using var connection = await database.OpenRead(cancellationToken);
        return await connection.QueryFirstOrDefault<UserRow>(UserQueries.ByName, new { username = username.ToLowerInvariant() }, cancellationToken);
    }

    /// <summary>Users as a list asks for them, and how many there are as far as they are counted.</summary>
    public async Task<(List<UserRow> Rows, int Counted)> List(UserFilter filter, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenRead(cancellationToken);
        var ids = await connection.Query<long>(UserQueries.List, filter.Parameters, cancellationToken);
        var page = ids.Skip(filter.Page.Skip).Take(filter.Page.Size).ToList();
        var rows = (await connection.Query<UserRow>(UserQueries.ByIds, new { ids = page }, cancellationToken)).ToDictionary(row => row.Id);
        return ([.. page.Where(rows.ContainsKey).Select(id => rows[id])], ids.Count);
    }

    /// <summary>Changes what is given. A new password ends the sessions and registry tokens that the old one opened.</summary>
    public async Task<UserOutcome> Change(ApiAccess access, long id, UserChanges changes, CancellationToken cancellationToken)
    {
        var hash = changes.Password is null ? null : await passwords.Hash(changes.Password, cancellationToken);
        try
        {
            return await Write(access, id, (transaction, user, now) => Change(transaction, access, user, changes, hash, now));
        }
        catch (PathTakenException)
        {
            return new UserOutcome.Conflict("Username has already been taken");
        }
    }

    private static UserOutcome Change(WriteTransaction transaction, ApiAccess access, UserRow user, UserChanges changes, string? hash, long now)
    {
        var id = user.Id;
        if (changes.IsAdmin == false && id == access.Caller.UserId)
            return new UserOutcome.Forbidden("you cannot take your own administrator's right: let another administrator do it");
        if (changes.Username is { } username && username != user.Username)
        {
            if (user.Username == RootName)
                return new UserOutcome.Conflict($"'{RootName}' cannot be renamed: 'berth reset-root-password' is for this user");
            if (Usernames.Change(transaction, access.Caller, id, username, now) is { } fault)
                return new UserOutcome.Invalid("username", fault);
        }
        transaction.Execute(UserQueries.Update, new { id, name = changes.Name ?? user.Name, email = changes.Email ?? user.Email, isAdmin = changes.IsAdmin is { } admin ? (admin ? 1L : 0L) : user.IsAdmin });
        if (hash is not null)
        {
            SetPassword(transaction, id, hash, now);
            AuditEvents.Record(transaction, new(now, access.Caller, "user.password_change", AuditEntity.User(id, user.Username)));
        }
        if (changes.IsAdmin is { } right && right != (user.IsAdmin != 0))
            AuditEvents.Record(transaction, new(now, access.Caller, "user.admin", AuditEntity.User(id, user.Username)) { Details = new { admin = right } });
        return new UserOutcome.Done();
    }

    /// <summary>Blocks a user, or ends that: no credential of theirs counts while they are blocked, and their sessions end for good.</summary>
    public Task<UserOutcome> SetBlocked(ApiAccess access, long id, bool blocked) => Write(access, id, (transaction, user, now) =>
    {
        if (id == access.Caller.UserId)
            return new UserOutcome.Forbidden("you cannot block yourself");
        var state = blocked ? UserState.Blocked : UserState.Active;
        if (user.State != state)
        {
            transaction.Execute(UserQueries.SetState, new { id, state });
            if (blocked)
                transaction.Execute(UserQueries.DeleteSessions, new { id });
            AuditEvents.Record(transaction, new(now, access.Caller, blocked ? "user.block" : "user.unblock", AuditEntity.User(id, user.Username)));
        }
        return new UserOutcome.Done();
    });

    /// <summary>
    /// Marks a user who owns no projects and no group alone as deleted: their name is free, their tokens and memberships end. What they
    /// did elsewhere stays, and names them.
    /// </summary>
    public Task<UserOutcome> Delete(ApiAccess access, long id) => Write(access, id, (transaction, user, now) =>
    {
        if (id == access.Caller.UserId)
            return new UserOutcome.Forbidden("you cannot delete yourself");
        if (user.Username == RootName)
            return new UserOutcome.Conflict($"'{RootName}' cannot be removed: 'berth reset-root-password' is for this user; block them instead");
        // The locks under which paths below a namespace, and the owners of a group, are given out.
        var space = transaction.QueryFirstOrDefault<long?>(UserQueries.NamespaceOf, new { id }) ?? 0;
        foreach (var locked in transaction.Query<long>(UserQueries.GroupsOwnedBy, new { id }).Append(space).Order().ToList())
            transaction.QueryForUpdate<long>(ProjectQueries.LockNamespace, new { id = locked });
        if (transaction.QueryFirstOrDefault<long?>(UserQueries.AnyProjectOf, new { id }) is not null)
            return new UserOutcome.Conflict($"User cannot be removed: '{user.Username}' still owns projects; move or delete those first, or block the user");
        if (transaction.QueryFirstOrDefault<string>(UserQueries.OwnedAlone, new { id }) is { } group)
            return new UserOutcome.Conflict($"User cannot be removed: '{user.Username}' is the only Owner of the group '{group}'; make another one first, or block the user");
        var row = new { id, space, now };
        transaction.Execute(UserQueries.DeleteMemberships, row);
        transaction.Execute(UserQueries.DeleteSessions, row);
        transaction.Execute(UserQueries.RevokeTokens, row);
        transaction.Execute(UserQueries.DeleteRoute, row);
        transaction.Execute(UserQueries.MarkNamespaceDeleted, row);
        transaction.Execute(UserQueries.MarkDeleted, row);
        AuditEvents.Record(transaction, new(now, access.Caller, "user.delete", AuditEntity.User(id, user.Username)));
        return new UserOutcome.Done();
    });

    /// <summary>Gives the caller, whose old password was just checked, a new one.</summary>
    public async Task ChangeOwnPassword(Caller proven, string password, CancellationToken cancellationToken)
    {
        if (proven is not { Kind: CredentialKind.Password, UserId: { } id })
            throw new InvalidOperationException("Only who has shown the old password gets a new one.");
        var hash = await passwords.Hash(password, cancellationToken);
        var now = time.Micros();
        await database.Write(transaction =>
        {
            SetPassword(transaction, id, hash, now);
            AuditEvents.Record(transaction, new(now, proven, "user.password_change", AuditEntity.User(id, proven.Username)));
        });
    }

    /// <summary>Ends every session, also one that began in this very microsecond.</summary>
    private static void SetPassword(WriteTransaction transaction, long id, string hash, long now)
    {
        transaction.Execute(AccessQueries.SetPassword, new { id, hash, now });
        transaction.Execute(UserQueries.DeleteSessions, new { id });
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

    /// <summary>
    /// One change of a person at a time, and by someone who is an administrator still: of two who block each other one stays. The bot
    /// of a token lives and ends with that.
    /// </summary>
    private async Task<UserOutcome> Write(ApiAccess access, long id, Func<WriteTransaction, UserRow, long, UserOutcome> change)
    {
        access.DemandAdmin();
        var now = time.Micros();
        var outcome = await database.Write(transaction =>
        {
            transaction.Execute(AccessQueries.BumpRights);
            if (transaction.QueryFirstOrDefault<long?>(UserQueries.IsActiveAdmin, new { id = access.Caller.UserId }) is null)
                return new UserOutcome.Forbidden("you are no administrator any more");
            return transaction.QueryFirstOrDefault<UserRow>(UserQueries.ById, new { id }) switch
            {
                null or { State: UserState.Deleted } => new UserOutcome.Missing(),
                { IsBot: true } => new UserOutcome.Forbidden("this is the bot of a token: revoke the token instead"),
                var user => change(transaction, user, now),
            };
        });
        targets.Forget();
        return outcome;
    }
}

internal sealed record NewUser(string Username, string Name, string? Email, string? Password, bool IsAdmin);

/// <summary>What changes of a user; null stays as it is.</summary>
internal sealed record UserChanges(string? Username, string? Name, string? Email, string? Password, bool? IsAdmin);

/// <summary>How a change of a user ended.</summary>
internal abstract record UserOutcome
{
    private UserOutcome()
    {
    }

    internal sealed record Done : UserOutcome;

    internal sealed record Missing : UserOutcome;

    internal sealed record Forbidden(string Reason) : UserOutcome;

    internal sealed record Invalid(string Field, string Reason) : UserOutcome;

    internal sealed record Conflict(string Reason) : UserOutcome;
}

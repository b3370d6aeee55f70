using System.Globalization;
using Berth.Server.Access.Login;
using Berth.Server.Access.Registry;
using Berth.Server.Database;

namespace Berth.Server.Access;

/// <summary>
/// Finds whom a Maintainer asks about. Of users without a role in the project nothing shows, not even whether there are such: they are
/// all the same outsider, and their credentials are unknown.
/// </summary>
internal sealed class AccessSubjects(MetadataDatabase database, LiveCredentials live, ImageTargets targets)
{
    private const long Active = 1;

    /// <summary>No user has it.</summary>
    private const long Outsider = 0;

    /// <summary>Null where <paramref name="as"/> is a credential that the project does not know.</summary>
    public async Task<AccessSubject?> Find(ProjectAccess access, string? @as, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(@as))
            return await Subject(access, access.Caller, isCredential: true, cancellationToken);
        if (@as == Caller.Anonymous.Credential)
            return await Subject(access, Caller.Anonymous, isCredential: false, cancellationToken);
        if (@as.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon)
            return await FindCredential(access, @as[..colon], @as[(colon + 1)..], cancellationToken);
        return await FindUser(access, @as, cancellationToken);
    }

    /// <summary>As many queries for a credential that there is not, or not here, as for one that there is; so it is never asked of a cache.</summary>
    private async Task<AccessSubject?> FindCredential(ProjectAccess access, string word, string number, CancellationToken cancellationToken)
    {
        if (!CredentialKindWords.TryParse(word, out var kind) || kind == CredentialKind.Anonymous
            || !long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var id))
            return null;
        var caller = await live.Read(kind, id, issuedAt: long.MaxValue, cancellationToken);
        var subject = await Subject(access, caller ?? NoOne(kind), isCredential: true, cancellationToken);
        if (caller is null)
            return null;
        return subject.Role > AccessLevel.None || access.Caller.IsAdmin || caller.Credential == access.Caller.Credential ? subject : null;
    }

    /// <summary>An outsider with a credential of this kind.</summary>
    private static Caller NoOne(CredentialKind kind) => new(kind, Outsider, Outsider, "", IsAdmin: false, TokenScopes.None, kind switch
    {
        CredentialKind.JobToken => Reach.OfJob(Outsider, []),
        CredentialKind.DeployToken => Reach.OfProject(Outsider),
        _ => null,
    });

    private async Task<AccessSubject?> FindUser(ProjectAccess access, string username, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenRead(cancellationToken);
        var row = await connection.QueryFirstOrDefault<UserRow>(AccessQueries.SubjectByName, new { username = username.ToLowerInvariant() }, cancellationToken);
        // As many queries for whom there is not as for whom there is.
        var caller = row is null
            ? new Caller(CredentialKind.Password, Outsider, Outsider, username, IsAdmin: false, TokenScopes.All)
            : new Caller(CredentialKind.Password, row.Id, row.Id, row.Username, row.IsAdmin != 0, TokenScopes.All);
        var subject = await Subject(access, caller, isCredential: false, cancellationToken);
        if (subject.Role == AccessLevel.None && !access.Caller.IsAdmin)
            return subject with { Caller = new Caller(CredentialKind.Password, Outsider, Outsider, username, IsAdmin: false, TokenScopes.All) };
        return row is null || row.State == Active ? subject : null;
    }

    private async ValueTask<AccessSubject> Subject(ProjectAccess access, Caller caller, bool isCredential, CancellationToken cancellationToken) =>
        new(caller, await targets.RoleIn(access.Project.Facts, caller, cancellationToken), isCredential);

    private sealed record UserRow(long Id, string Username, long IsAdmin, long State);
}

/// <summary>Who is asked about, and their role in the project. Of a user, not of a credential: every scope is there.</summary>
internal sealed record AccessSubject(Caller Caller, AccessLevel Role, bool IsCredential);

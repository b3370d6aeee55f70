using Berth.Server.Access;
using Berth.Server.Access.Accounts;
using Berth.Server.Access.Audit;
using Berth.Server.Access.Places;
using Berth.Server.Access.Registry;
using Berth.Server.Database;
using Berth.Server.Http;

namespace Berth.Server.Projects;

/// <summary>
/// The members of groups and projects. Maintainers manage a project's up to their own role, Owners a group's; nobody gives or takes
/// a role above their own; a group keeps an Owner whose membership does not expire; everyone may leave.
/// </summary>
internal sealed class Members(MetadataDatabase database, ImageTargets targets, TimeProvider time)
{
    /// <summary>A page of them, and how many there are as far as a list tells.</summary>
    public async Task<(List<MemberRow> Rows, int Counted)> List(MemberPlace place, MemberListing listing, string pattern, ApiPage page, CancellationToken cancellationToken)
    {
        var (list, count) = Queries(place, listing);
        var parameters = Parameters(place, listing, user: 0, pattern, page);
        await using var connection = await database.OpenRead(cancellationToken);
        return (await connection.Query<MemberRow>(list, parameters, cancellationToken), (int)await connection.QueryFirstOrDefault<long>(count, parameters, cancellationToken));
    }

    /// <summary>A user's membership; null if there is none.</summary>
    public async Task<MemberRow?> Find(MemberPlace place, MemberListing listing, long user, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenRead(cancellationToken);
        return await connection.QueryFirstOrDefault<MemberRow>(Queries(place, listing).List, Parameters(place, listing, user, "", new ApiPage(1, 1)), cancellationToken);
    }

    private static (string List, string Count) Queries(MemberPlace place, MemberListing listing) => (place.ProjectId, listing) switch
    {
        (null, MemberListing.Own) => (MemberChangeQueries.ListOfGroup, MemberChangeQueries.CountOfGroup),
        (null, _) => (MemberChangeQueries.ListOfGroupAndAbove, MemberChangeQueries.CountOfGroupAndAbove),
        (_, MemberListing.Own) => (MemberChangeQueries.ListOfProject, MemberChangeQueries.CountOfProject),
        (_, _) => (MemberChangeQueries.ListOfProjectAndAbove, MemberChangeQueries.CountOfProjectAndAbove),
    };

    private object Parameters(MemberPlace place, MemberListing listing, long user, string pattern, ApiPage page) => new
    {
        space = place.NamespaceId,
        project = place.ProjectId,
        user,
        pattern,
        now = time.Micros(),
        // What no row has: then the rank alone counts.
        own = listing == MemberListing.OwnAndEffective ? 1L : -1L,
        limit = page.Size,
        offset = page.Skip,
        needed = page.Needed,
    };

    public Task<MemberOutcome> Add(MemberPlace place, UserRow user, AccessLevel level, long? expiresAt) => Write(place, (transaction, now) =>
    {
        if (level > place.Role)
            return new MemberOutcome.Forbidden(Above(place));
        var known = Find(transaction, place, user.Id);
        if (known is not null && (known.ExpiresAt is null || known.ExpiresAt > now))
            return new MemberOutcome.Exists();
        var row = new { space = place.ProjectId is null ? place.NamespaceId : (long?)null, project = place.ProjectId, user = user.Id, level = (long)level, expiresAt, by = place.Caller.UserId, now, id = known?.Id ?? 0 };
        transaction.Execute(known is null ? MemberChangeQueries.Insert : MemberChangeQueries.Renew, row);
        return Done(transaction, place, user.Id, "member.add", now);
    });

    public Task<MemberOutcome> Change(MemberPlace place, long userId, AccessLevel level, Func<long?, long?> expiry) => Write(place, (transaction, now) =>
    {
        if (Find(transaction, place, userId) is not { } member)
            return new MemberOutcome.Missing();
        if (level > place.Role || member.Level > (long)place.Role)
            return new MemberOutcome.Forbidden(Above(place));
        var expiresAt = expiry(member.ExpiresAt);
        if ((level < AccessLevel.Owner || expiresAt is not null) && IsLastOwner(transaction, place, member))
            return LastOwner(place);
        transaction.Execute(MemberChangeQueries.Update, new { id = member.Id, level = (long)level, expiresAt });
        return Done(transaction, place, userId, "member.update", now);
    });

    /// <summary>Removes a member. Whoever may not manage members may remove themself.</summary>
    public Task<MemberOutcome> Remove(MemberPlace place, long userId) => Write(place, (transaction, now) =>
    {
        var leaves = userId == place.Caller.UserId;
        if (!leaves && place.Role < place.Manages)
            return new MemberOutcome.Forbidden($"removing others needs at least the role {place.Manages}");
        if (Find(transaction, place, userId) is not { } member)
            return new MemberOutcome.Missing();
        if (!leaves && member.Level > (long)place.Role)
            return new MemberOutcome.Forbidden(Above(place));
        if (IsLastOwner(transaction, place, member))
            return LastOwner(place);
        transaction.Execute(MemberChangeQueries.Delete, new { id = member.Id });
        Record(transaction, place, member, "member.remove", now);
        return new MemberOutcome.Done(member);
    });

    /// <summary>Under the lock of the group's or project's row, so that of two last owners who remove each other one stays.</summary>
    private async Task<MemberOutcome> Write(MemberPlace place, Func<WriteTransaction, long, MemberOutcome> change)
    {
        var now = time.Micros();
        var outcome = await database.Write(transaction =>
        {
            transaction.QueryForUpdate<long>(place.ProjectId is null ? ProjectQueries.LockNamespace : ProjectQueries.LockProject, new { id = place.ProjectId ?? place.NamespaceId });
            var ended = change(transaction, now);
            if (ended is MemberOutcome.Done)
                transaction.Execute(AccessQueries.BumpRights);
            return ended;
        });
        targets.Forget();
        return outcome;
    }

    private static MemberRow? Find(WriteTransaction transaction, MemberPlace place, long user) => transaction.QueryFirstOrDefault<MemberRow>(
        place.ProjectId is null ? MemberChangeQueries.InGroup : MemberChangeQueries.InProject, new { space = place.NamespaceId, project = place.ProjectId, user });

    private static bool IsLastOwner(WriteTransaction transaction, MemberPlace place, MemberRow member) => place.ProjectId is null
        && member is { Level: (long)AccessLevel.Owner, ExpiresAt: null }
        && transaction.QueryFirstOrDefault<long?>(MemberChangeQueries.OtherOwner, new { space = place.NamespaceId, id = member.Id }) is null;

    private static MemberOutcome.Done Done(WriteTransaction transaction, MemberPlace place, long user, string action, long now)
    {
        var member = Find(transaction, place, user)!;
        Record(transaction, place, member, action, now);
        return new MemberOutcome.Done(member);
    }

    private static void Record(WriteTransaction transaction, MemberPlace place, MemberRow member, string action, long now) =>
        AuditEvents.Record(transaction, new(now, place.Caller, action, place.Entity)
        {
            Target = new("user", member.UserId, member.Username),
            Details = new { access_level = member.Level, expires_at = member.ExpiresAt is { } at ? Clock.FromMicros(at).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture) : null },
        });

    private static string Above(MemberPlace place) => $"nobody gives or takes a role above their own, which is {place.Role} here";

    private static MemberOutcome.Forbidden LastOwner(MemberPlace place) =>
        new($"'{place.Entity.Path}' has no other Owner whose membership does not expire: make one first");
}

/// <summary>Which members a list holds.</summary>
internal enum MemberListing
{
    /// <summary>Those of the place itself.</summary>
    Own,

    /// <summary>Of each user the highest membership there and above.</summary>
    Effective,

    /// <summary>Those of the place itself first, then what counts of the others.</summary>
    OwnAndEffective,
}

/// <summary>Where the members are, and who asks, with what role. A group, or with a project's id that project, in its namespace.</summary>
internal sealed record MemberPlace(long NamespaceId, long? ProjectId, AuditEntity Entity, Caller Caller, AccessLevel Role)
{
    /// <summary>The least role that manages members here.</summary>
    public AccessLevel Manages => ProjectId is null ? AccessLevel.Owner : AccessLevel.Maintainer;

    public static MemberPlace Of(GroupAccess access) => new(access.Group.Id, null, AuditEntity.Group(access.Group.Id, access.Group.FullPath), access.Caller, access.Role);

    public static MemberPlace Of(ProjectAccess access) => new(access.Project.NamespaceId, access.Project.Id, AuditEntity.Project(access.Project), access.Caller, access.Role);
}

/// <summary>A membership and its user; times in microseconds. <c>GroupPath</c>: the group that it is in; null for a project's own.</summary>
internal sealed record MemberRow(long Id, long UserId, string Username, string Name, long State, long Level, long? ExpiresAt, long CreatedAt, string? GroupPath);

/// <summary>How a change of members ended.</summary>
internal abstract record MemberOutcome
{
    private MemberOutcome()
    {
    }

    internal sealed record Done(MemberRow Member) : MemberOutcome;

    internal sealed record Exists : MemberOutcome;

    internal sealed record Missing : MemberOutcome;

    internal sealed record Forbidden(string Reason) : MemberOutcome;
}

using Berth.Server.Access.Places;
using Berth.Server.Database;

namespace Berth.Server.Access;

/// <summary>A role as members have it until a time, in microseconds: then the membership that gave it has expired.</summary>
internal readonly record struct RememberedRole(AccessLevel Level, long Until)
{
    /// <summary>A user's role by membership, read in the transaction that depends on it.</summary>
    public static AccessLevel Read(WriteTransaction transaction, long project, long space, long user, long now) =>
        Highest(transaction.Query<MembershipRow>(MemberQueries.RolesOfUser, new { project, space, user }), now).Level;

    /// <summary>The highest of some memberships that have not expired, for as long as one of them gives it.</summary>
    public static RememberedRole Highest(List<MembershipRow> memberships, long now)
    {
        var highest = new RememberedRole(AccessLevel.None, long.MaxValue);
        foreach (var membership in memberships)
        {
            var role = new RememberedRole((AccessLevel)membership.Level, membership.ExpiresAt ?? long.MaxValue);
            if (role.Until > now && (role.Level > highest.Level || (role.Level == highest.Level && role.Until > highest.Until)))
                highest = role;
        }
        return highest;
    }
}

internal sealed record MembershipRow(long Level, long? ExpiresAt);

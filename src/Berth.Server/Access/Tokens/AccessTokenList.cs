using Berth.Server.Database;
using Berth.Server.Http;

namespace Berth.Server.Access.Tokens;

/// <summary>Lists of access tokens, filtered and sorted as GitLab's: of one user, or for administrators of all.</summary>
internal sealed class AccessTokenList(MetadataDatabase database, TimeProvider time)
{
    /// <summary>The rows of one page and how many there are on all.</summary>
    public async Task<(List<AccessTokenRow> Rows, long Total)> Page(ApiAccess access, AccessTokenFilter filter, int offset, int limit, CancellationToken cancellationToken)
    {
        if (filter.UserId != access.Caller.UserId && !access.Caller.IsAdmin)
            throw new InvalidOperationException("The tokens of others are for administrators.");
        var parameters = new
        {
            user = filter.UserId,
            revoked = Number(filter.Revoked),
            active = Number(filter.Active),
            search = LikePattern.Holding(filter.Search) is { Length: > 0 } pattern ? pattern : null,
            createdAfter = filter.CreatedAfter,
            createdBefore = filter.CreatedBefore,
            expiresAfter = filter.ExpiresAfter,
            expiresBefore = filter.ExpiresBefore,
            usedAfter = filter.LastUsedAfter,
            usedBefore = filter.LastUsedBefore,
            sort = filter.Sort,
            now = time.Micros(),
            limit,
            offset,
        };
        await using var connection = await database.OpenRead(cancellationToken);
        var (list, count) = filter.UserId is null ? (AccessTokenQueries.ListAll, AccessTokenQueries.CountAll) : (AccessTokenQueries.ListOfUser, AccessTokenQueries.CountOfUser);
        return (await connection.Query<AccessTokenRow>(list, parameters, cancellationToken), await connection.QueryFirstOrDefault<long>(count, parameters, cancellationToken));
    }

    private static long? Number(bool? value) => value is { } known ? (known ? 1 : 0) : null;
}

/// <summary>Which tokens a list is to hold; null is any. Times in microseconds. <c>Sort</c> is a word of GitLab's.</summary>
internal sealed record AccessTokenFilter(long? UserId)
{
    public bool? Revoked { get; init; }

    public bool? Active { get; init; }

    public string? Search { get; init; }

    public long? CreatedAfter { get; init; }

    public long? CreatedBefore { get; init; }

    public long? ExpiresAfter { get; init; }

    public long? ExpiresBefore { get; init; }

    public long? LastUsedAfter { get; init; }

    public long? LastUsedBefore { get; init; }

    public string? Sort { get; init; }

    /// <summary>For short lists that are read whole.</summary>
    public bool Matches(AccessTokenRow row, long now) =>
        (Revoked is not { } revoked || revoked == row.RevokedAt is not null) && (Active is not { } active || active == row.IsActive(now))
        && (Search is not { } search || row.Name.Contains(search, StringComparison.OrdinalIgnoreCase))
        && !(row.CreatedAt < CreatedAfter) && !(row.CreatedAt > CreatedBefore)
        && (ExpiresAfter is not { } expiresAfter || row.ExpiresAt >= expiresAfter) && (ExpiresBefore is not { } expiresBefore || row.ExpiresAt <= expiresBefore)
        && (LastUsedAfter is not { } usedAfter || row.LastUsedAt >= usedAfter) && (LastUsedBefore is not { } usedBefore || row.LastUsedAt <= usedBefore);
}

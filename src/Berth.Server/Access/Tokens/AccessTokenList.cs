using Berth.Server.Database;
using Berth.Server.Http;

namespace Berth.Server.Access.Tokens;

/// <summary>Lists of access tokens, filtered and sorted as GitLab's. Each gives the rows of a page, and how many there are as far as it tells.</summary>
internal sealed class AccessTokenList(MetadataDatabase database, TimeProvider time)
{
    /// <summary>Those of one user, or for administrators of all.</summary>
    public Task<(List<AccessTokenRow> Rows, int Counted)> Page(ApiAccess access, AccessTokenFilter filter, ApiPage page, CancellationToken cancellationToken)
    {
        if (filter.UserId != access.Caller.UserId && !access.Caller.IsAdmin)
            throw new InvalidOperationException("The tokens of others are for administrators.");
        return filter.UserId is { } user
            ? Read(AccessTokenQueries.ListOfUser, AccessTokenQueries.CountOfUser, user, filter, page, cancellationToken)
            : Read(AccessTokenQueries.ListAll, AccessTokenQueries.CountAll, 0, filter, page, cancellationToken);
    }

    /// <summary>Those by which administrators act as a user.</summary>
    public Task<(List<AccessTokenRow> Rows, int Counted)> Impersonations(ApiAccess access, long userId, AccessTokenFilter filter, ApiPage page, CancellationToken cancellationToken)
    {
        access.DemandAdmin();
        return Read(AccessTokenQueries.ListImpersonations, AccessTokenQueries.CountImpersonations, userId, filter, page, cancellationToken);
    }

    /// <summary>Those of a project or group.</summary>
    public Task<(List<AccessTokenRow> Rows, int Counted)> Owned(TokenOwner owner, AccessTokenFilter filter, ApiPage page, CancellationToken cancellationToken) => owner.ProjectId is null
        ? Read(AccessTokenQueries.ListOfNamespace, AccessTokenQueries.CountOfNamespace, owner.Id, filter, page, cancellationToken)
        : Read(AccessTokenQueries.ListOfProject, AccessTokenQueries.CountOfProject, owner.Id, filter, page, cancellationToken);

    private async Task<(List<AccessTokenRow> Rows, int Counted)> Read(string list, string count, long id, AccessTokenFilter filter, ApiPage page, CancellationToken cancellationToken)
    {
        var parameters = new
        {
            id,
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
            limit = page.Size,
            offset = page.Skip,
            needed = page.Needed,
        };
        await using var connection = await database.OpenRead(cancellationToken);
        return (await connection.Query<AccessTokenRow>(list, parameters, cancellationToken), (int)await connection.QueryFirstOrDefault<long>(count, parameters, cancellationToken));
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
}

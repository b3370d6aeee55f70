using System.Runtime.CompilerServices;
using Berth.Server.Access;
using Berth.Server.Database;

namespace Berth.Server.Distribution;

/// <summary>Lists of tags, in byte order, by keyset: what was deleted meanwhile, the 'last' itself too, disturbs no page.</summary>
internal sealed class Tags(MetadataDatabase database)
{
    /// <summary>The tags after <paramref name="last"/>, at most <paramref name="limit"/>, as they are read.</summary>
    public async IAsyncEnumerable<string> List(RepositoryAccess access, string last, long limit, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        access.Demand(RegistryActions.Pull);
        await using var connection = await database.OpenRead(cancellationToken);
        await foreach (var tag in connection.QueryUnbuffered<string>(DistributionQueries.Tags, new { repository = access.RepositoryId, last, limit }).WithCancellation(cancellationToken))
            yield return tag;
    }

    /// <summary>The last tag of a page if another page follows; null if none does.</summary>
    public async Task<string?> LastOfPage(RepositoryAccess access, string last, long limit, CancellationToken cancellationToken)
    {
        access.Demand(RegistryActions.Pull);
        await using var connection = await database.OpenRead(cancellationToken);
        var ends = await connection.Query<string>(DistributionQueries.PageEnd, new { repository = access.RepositoryId, last, skip = limit - 1 }, cancellationToken);
        return ends.Count == 2 ? ends[0] : null;
    }
}

using Berth.Server.Access;
using Berth.Server.Access.Places;
using Berth.Server.Access.Registry;
using Berth.Server.Database;
using Berth.Server.Http;

namespace Berth.Server.Images;

/// <summary>Repositories of images and their tags as GitLab's API lists them.</summary>
internal sealed class RegistryRepositories(MetadataDatabase database, TimeProvider time)
{
    /// <summary>A page of a project's repositories by name, and how many there are as far as they are counted.</summary>
    public async Task<(List<RepositoryRow> Rows, int Counted)> OfProject(ImagesAccess access, ApiPage page, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenRead(cancellationToken);
        var of = new { project = access.Project.Id, limit = page.Size, skip = page.Skip, needed = page.Needed };
        return (await connection.Query<RepositoryRow>(RepositoryQueries.PageOfProject, of, cancellationToken),
            (int)await connection.QueryFirstOrDefault<long>(RepositoryQueries.CountOfProject, of, cancellationToken));
    }

    /// <summary>Those of all projects below a group that the caller may pull.</summary>
    public async Task<(List<RepositoryRow> Rows, int Counted)> OfGroup(GroupAccess access, ApiPage page, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenRead(cancellationToken);
        var below = PathRange.Below(access.Group.FullPath.ToLowerInvariant());
        if (access.Role >= AccessLevel.Reporter)
        {
            var of = new { from = below.From, end = below.End, limit = page.Size, skip = page.Skip, needed = page.Needed };
            return (await connection.Query<RepositoryRow>(RepositoryQueries.PageOfGroup, of, cancellationToken),
                (int)await connection.QueryFirstOrDefault<long>(RepositoryQueries.CountOfGroup, of, cancellationToken));
        }
        var memberships = await Memberships.Read(connection, access.Caller, time.Micros(), cancellationToken);
        var (images, _) = await VisibleImages.Page(connection, memberships, below, page.Needed, tagged: false, cancellationToken);
        var ids = images.Skip(page.Skip).Take(page.Size).Select(image => image.RepositoryId).ToArray();
        var rows = ids.Length == 0 ? [] : await connection.Query<RepositoryRow>(RepositoryQueries.ByIds, new { ids }, cancellationToken);
        return ([.. rows.OrderBy(row => row.ImageName, StringComparer.Ordinal)], images.Count);
    }

    /// <summary>A repository of the project; null if there is none of that number, or nothing was ever pushed to it.</summary>
    public async Task<RepositoryRow?> Find(ImagesAccess access, long id, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenRead(cancellationToken);
        return await connection.QueryFirstOrDefault<RepositoryRow>(RepositoryQueries.InProjectById, new { project = access.Project.Id, id }, cancellationToken);
    }

    /// <summary>Names of tags behind <paramref name="last"/> (empty: from the first on), in byte order or against it.</summary>
    public async Task<List<string>> Tags(RepositoryRow repository, string last, bool descending, int limit, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenRead(cancellationToken);
        // Behind every tag: their characters end with 'z'.
        var of = new { repository = repository.Id, last = descending && last.Length == 0 ? "~" : last, limit };
        return await connection.Query<string>(descending ? RepositoryQueries.TagsBefore : RepositoryQueries.TagsAfter, of, cancellationToken);
    }

    public async Task<List<string>> TagsAt(RepositoryRow repository, ApiPage page, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenRead(cancellationToken);
        return await connection.Query<string>(RepositoryQueries.TagsAt, new { repository = repository.Id, limit = page.Size, skip = page.Skip }, cancellationToken);
    }

    public async Task<TagDetailRow?> Tag(RepositoryRow repository, string tag, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenRead(cancellationToken);
        return await connection.QueryFirstOrDefault<TagDetailRow>(RepositoryQueries.Tag, new { repository = repository.Id, tag }, cancellationToken);
    }
}

/// <summary>A repository. <c>Name</c> is what follows the project's path; <c>ImageName</c> all of it, in lower case.</summary>
internal sealed record RepositoryRow
{
    public long Id { get; init; }

    public long ProjectId { get; init; }

    public string Name { get; init; } = "";

    public string ImageName { get; init; } = "";

    public long CreatedAt { get; init; }

    public long TagCount { get; init; }

    public long? LastPublishedAt { get; init; }

    public long Size { get; init; }
}

/// <summary>A tag and what it stands for. <c>TotalSize</c>: of all of it, in bytes; <c>LayerSize</c>: of its layers alone, null if it has none.</summary>
internal sealed record TagDetailRow
{
    public string Name { get; init; } = "";

    public byte[] Digest { get; init; } = [];

    public long TotalSize { get; init; }

    public long PublishedAt { get; init; }

    public long? ImageCreatedAt { get; init; }

    public string MediaType { get; init; } = "";

    public byte[]? Config { get; init; }

    public long? LayerSize { get; init; }
}

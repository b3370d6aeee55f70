using Berth.Server.Access;
using Berth.Server.Access.Places;
using Berth.Server.Access.Registry;
using Berth.Server.Database;

namespace Berth.Server.Distribution;

/// <summary>The names of the images with a tag that a caller may pull, in byte order, by keyset.</summary>
internal sealed class Catalog(MetadataDatabase database, TimeProvider time)
{
    /// <summary>The names after <paramref name="last"/>, at most <paramref name="limit"/>, and whether more follow.</summary>
    public async Task<(List<string> Names, bool More)> Page(CatalogAccess access, string last, int limit, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenRead(cancellationToken);
        var memberships = await Memberships.Read(connection, access.Caller, time.Micros(), cancellationToken);
        var (images, more) = await VisibleImages.Page(connection, memberships, new PathRange(last, VisibleImages.End), limit, tagged: true, cancellationToken);
        return ([.. images.Select(image => image.ImageName)], more);
    }
}

using Berth.Oci;
using Berth.Server.Access;
using Berth.Server.Http;

namespace Berth.Server.Images;

/// <summary>
/// /api/v4/projects/:id/registry/repositories/:repository/{manifests,compare}: what a manifest holds, and how two differ. Berth's own,
/// under GitLab's prefix.
/// </summary>
internal static class ImageManifestEndpoints
{
    /// <summary>Referrers in an answer; further ones by ?referrers_after=.</summary>
    private const int ReferrersPerPage = 100;

    public static void MapImageManifests(this IEndpointRouteBuilder routes)
    {
        const string Repository = "/api/v4/projects/{id}/registry/repositories/{repository:long}";
        var rule = new AccessRule.ProjectImages(RepositoryEndpoints.Reads, Anonymous: true);
        routes.MapGet(Repository + "/manifests/{reference}", Get).WithSummary("Shows what a manifest holds: config, layers and their build lines, platforms, annotations, referrers").Produces<ApiManifest>().WithMetadata(rule).WithMetadata(new ApiParameter("referrers_after", "The last referrer of the page before."));
        routes.MapGet(Repository + "/compare", Compare).WithSummary("Shows the difference of two manifests").Produces<ApiDifference>().WithMetadata(rule).WithMetadata(new ApiParameter("from", "A tag or digest."), new ApiParameter("to", "A tag or digest."));
    }

    private static async Task<IResult> Get(ImagesAccess access, long repository, string reference, HttpContext context, ProjectImages images, ImageManifests manifests)
    {
        var cancellationToken = context.RequestAborted;
        Digest? after = null;
        if (context.Request.Query["referrers_after"].ToString() is { Length: > 0 } text)
        {
            if (!Digest.TryParse(text, out var given))
                return ApiError.BadRequest("referrers_after is invalid");
            after = given;
        }
        if (await images.Find(access, repository, cancellationToken) is not { } image)
            return ApiError.NotFound("Repository");
        if (!Reference.TryParse(reference, out var wanted) || await manifests.Find(image, wanted, cancellationToken) is not { } row)
            return ApiError.NotFound("Manifest");
        var manifest = await manifests.Read(image, row, cancellationToken);
        var children = await manifests.Children(image, manifest.Document?.Manifests ?? [], cancellationToken);
        var referrers = await manifests.Referrers(image, row.Address, after, ReferrersPerPage + 1, cancellationToken);
        var shown = new List<ApiReferrer>();
        foreach (var referrer in referrers.Take(ReferrersPerPage))
            shown.Add(new ApiReferrer(referrer, (await manifests.ReadDocument(referrer, cancellationToken))?.Annotations));
        var attached = await manifests.AttachedByTag(image, row.Address, cancellationToken);
        var next = referrers.Count > ReferrersPerPage ? referrers[ReferrersPerPage - 1].Address.ToString() : null;
        return Results.Json(new ApiManifest(manifest, children, shown, attached, next));
    }

    private static async Task<IResult> Compare(ImagesAccess access, long repository, HttpContext context, ProjectImages images, ImageManifests manifests)
    {
        var cancellationToken = context.RequestAborted;
        if (await images.Find(access, repository, cancellationToken) is not { } image)
            return ApiError.NotFound("Repository");
        var read = new List<ImageManifest>();
        foreach (var side in (string[])["from", "to"])
        {
            if (context.Request.Query[side].ToString() is not { Length: > 0 } name)
                return ApiError.BadRequest($"{side} is missing");
            if (!Reference.TryParse(name, out var reference) || await manifests.Find(image, reference, cancellationToken) is not { } row)
                return ApiError.NotFound("Manifest");
            read.Add(await manifests.Read(image, row, cancellationToken));
        }
        var (from, to) = (read[0], read[1]);
        return Results.Json(new ApiDifference(from.Row, to.Row, ImageDifference.Of(from, to)));
    }
}

using Berth.Oci;
using Berth.Server.Access;
using Berth.Server.Http;

namespace Berth.Server.Distribution;

/// <summary>/v2/NAME/referrers/DIGEST (distribution-spec end-12).</summary>
internal static class ReferrerEndpoints
{
    public static void MapReferrers(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v2/{name}/referrers/{digest}", List).WithMetadata(new AccessRule.Repository(RegistryActions.Pull, EmptyIfMissing: true));

    private static async Task<IResult> List(RepositoryAccess? access, string name, string digest, HttpContext context, Referrers referrers)
    {
        if (!Digest.TryParse(digest, out var subject))
            return RegistryError.DigestInvalid(digest);
        var (query, response) = (context.Request.Query, context.Response);
        Digest? last = null;
        if (query["last"].ToString() is { Length: > 0 } text)
        {
            if (!Digest.TryParse(text, out var parsed))
                return RegistryError.DigestInvalid(text);
            last = parsed;
        }
        // A '+' that a client did not escape arrives as a space, which no media type holds; nor does it hold a NUL, which PostgreSQL refuses.
        var artifactType = query["artifactType"].ToString().Replace(' ', '+').Replace('\0', '+');
        var (json, next) = await referrers.Page(access, subject, artifactType.Length == 0 ? null : artifactType, last, context.RequestAborted);
        if (artifactType.Length > 0)
            response.Headers["OCI-Filters-Applied"] = "artifactType";
        if (next is not null)
        {
            var filter = artifactType.Length == 0 ? "" : $"&artifactType={Uri.EscapeDataString(artifactType)}";
            response.Headers.Link = $"</v2/{RepositoryPath.Unfold(name)}/referrers/{subject}?last={next}{filter}>; rel=\"next\"";
        }
        ContentHeaders.Sandbox(response);
        return Results.Bytes(json, MediaTypes.OciIndex);
    }
}

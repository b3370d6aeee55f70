using Berth.Server.Access;
using Berth.Server.Http;

namespace Berth.Server.Distribution;

/// <summary>/v2/_catalog, distribution's: the images that the caller may pull. Not of the OCI specification.</summary>
internal static class CatalogEndpoints
{
    public static void MapCatalog(this IEndpointRouteBuilder routes) => routes.MapGet("/v2/_catalog", List).WithMetadata(new AccessRule.RegistryCatalog());

    private static async Task<IResult> List(CatalogAccess access, HttpContext context, Catalog catalog)
    {
        if (!ListPage.TryRead(context.Request.Query, RequestLimits.MaxCatalogPage, out var page, out var refusal))
            return refusal!;
        var size = page.Size ?? RequestLimits.MaxCatalogPage;
        var (names, more) = size == 0 ? ([], false) : await catalog.Page(access, page.Last, size, context.RequestAborted);
        if (more)
            context.Response.Headers.Link = $"</v2/_catalog?n={size}&last={names[^1]}>; rel=\"next\"";
        return Results.Json(new { repositories = names }, contentType: "application/json");
    }
}

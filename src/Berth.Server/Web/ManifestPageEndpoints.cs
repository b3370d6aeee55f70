using Berth.Oci;
using Berth.Server.Access;
using Berth.Server.Http;
using Berth.Server.Images;
using Berth.Server.Web.Pages;

namespace Berth.Server.Web;

/// <summary>/GROUP/PROJECT/-/container_registry/ID/{tags,manifests,compare}: what a tag or digest holds, as it was pushed, and how two differ.</summary>
internal static class ManifestPageEndpoints
{
    private const int MaxRawConfig = OciLimits.MaxConfigBytes;

    public static void MapManifestPages(this IEndpointRouteBuilder routes)
    {
        const string Image = "/{project}/-/container_registry/{id:long}";
        var rule = new AccessRule.ProjectPage(AccessLevel.None, Images: true);
        routes.MapGet(Image + "/tags/{tag}", ShowTag).WithMetadata(rule);
        routes.MapGet(Image + "/manifests/{reference}", ShowManifest).WithMetadata(rule);
        routes.MapGet(Image + "/manifests/{reference}/raw", Raw).WithMetadata(rule);
        routes.MapGet(Image + "/manifests/{reference}/config", Config).WithMetadata(rule);
        routes.MapGet(Image + "/compare", Compare).WithMetadata(rule);
    }

    private static Task<IResult> ShowTag(ProjectPageAccess access, ImagesAccess granted, long id, string tag, HttpContext context, ProjectImages images, ManifestPages pages) =>
        Tag.TryParse(tag, out var parsed) ? Show(access, granted, id, new Reference(parsed), context, images, pages) : Task.FromResult(NoSuchManifest(context));

    private static Task<IResult> ShowManifest(ProjectPageAccess access, ImagesAccess granted, long id, string reference, HttpContext context, ProjectImages images, ManifestPages pages) =>
        Digest.TryParse(reference, out var digest) ? Show(access, granted, id, new Reference(digest), context, images, pages) : Task.FromResult(NoSuchManifest(context));

    private static async Task<IResult> Show(ProjectPageAccess access, ImagesAccess granted, long id, Reference reference, HttpContext context, ProjectImages images, ManifestPages pages)
    {
        if (await images.Find(granted, id, context.RequestAborted) is not { } image)
            return ImagePageEndpoints.NoSuchImage(context);
        var place = new PartPlace(PageQuery.Text(context, "part") is { Length: > 0 } part ? part : null, PageQuery.Text(context, "from"));
        return await pages.Show(access, image, reference, place, context.RequestAborted) is { } view
            ? PageResult.Of<ManifestPage>(Viewer.Of(access.Session, pages.Time), view with { MayDelete = granted.DeletesTags })
            : NoSuchManifest(context);
    }

    private static async Task<IResult> Raw(ImagesAccess granted, long id, string reference, HttpContext context, ProjectImages images, ImageManifests manifests) =>
        await Find(granted, id, reference, context, images, manifests) is not var (_, manifest) || manifest.Json is null ? NoSuchManifest(context)
            : Download(context, manifest.Json, $"manifest-{manifest.Row.Address.Hex[..12]}.json");

    private static async Task<IResult> Config(ImagesAccess granted, long id, string reference, HttpContext context, ProjectImages images, ImageManifests manifests)
    {
        if (await Find(granted, id, reference, context, images, manifests) is not var (image, manifest) || manifest.Document?.Config is not { } config)
            return NoSuchManifest(context);
        if (await manifests.ReadBlob(image, config.Digest, MaxRawConfig, context.RequestAborted) is { } bytes)
            return Download(context, bytes, $"config-{config.Digest.Hex[..12]}.json");
        return PageResult.Refused(context, 404, $"The config is not there, or has more than {BinarySize.Of(MaxRawConfig)}.");
    }

    private static async Task<IResult> Compare(ProjectPageAccess access, ImagesAccess granted, long id, HttpContext context, ProjectImages images, ManifestPages pages)
    {
        if (await images.Find(granted, id, context.RequestAborted) is not { } image)
            return ImagePageEndpoints.NoSuchImage(context);
        var view = await pages.Compare(access, image, PageQuery.Text(context, "from"), PageQuery.Text(context, "to"), context.RequestAborted);
        return PageResult.Of<ComparePage>(Viewer.Of(access.Session, pages.Time), view, view.Problem is null ? 200 : 404);
    }

    private static async Task<(ImageRow Image, ImageManifest Manifest)?> Find(
        ImagesAccess granted, long id, string reference, HttpContext context, ProjectImages images, ImageManifests manifests) =>
        await images.Find(granted, id, context.RequestAborted) is { } image && Digest.TryParse(reference, out var digest)
            && await manifests.Find(image, new Reference(digest), context.RequestAborted) is { } row
            ? (image, await manifests.Read(image, row, context.RequestAborted))
            : null;

    private static IResult Download(HttpContext context, byte[] bytes, string name)
    {
        ContentHeaders.Sandbox(context.Response);
        context.Response.Headers.ContentDisposition = $"attachment; filename=\"{name}\"";
        context.Response.Headers.CacheControl = "no-store";
        return Results.Bytes(bytes, "application/json");
    }

    private static IResult NoSuchManifest(HttpContext context) => PageResult.Refused(context, 404, "This image has no such tag or digest, or it was deleted.");
}

/// <summary>Which part of a page is to be read in full, and from where on.</summary>
internal sealed record PartPlace(string? Part, string From)
{
    /// <summary>Lines of a part on the page of everything, and on a page of its own.</summary>
    private const int Few = 30;
    private const int Many = 500;

    public int Size => Part is null ? Few : Many;

    public int Skip => int.TryParse(From, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var skip) ? skip : 0;

    /// <summary>The lines of a part that is read by number.</summary>
    public Part<T> Of<T>(string part, IReadOnlyList<T> all, string url)
    {
        if (Part is not null && Part != part)
            return Part<T>.None;
        var lines = all.Skip(Skip).Take(Size).ToList();
        var end = Skip + lines.Count;
        return new Part<T>(lines, all.Count, end >= all.Count || lines.Count == 0 ? null : Url(url, part, Part is null ? "0" : $"{end}"));
    }

    public static string Url(string url, string part, string from) => $"{url}?part={part}&from={Uri.EscapeDataString(from)}";
}

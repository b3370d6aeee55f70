using Berth.Server.Access;
using Berth.Server.Configuration;
using Berth.Server.Http;
using Berth.Server.Images;
using Berth.Server.Web.Pages;

namespace Berth.Server.Web;

/// <summary>/GROUP/PROJECT/-/container_registry: images, and the tags of each.</summary>
internal static class ImagePageEndpoints
{
    private const int ImagesPerPage = 20;
    private const int TagsPerImage = 10;
    private const int TagsPerPage = 50;

    public static void MapImagePages(this IEndpointRouteBuilder routes)
    {
        var rule = new AccessRule.ProjectPage(AccessLevel.None, Images: true);
        routes.MapGet("/{project}/-/container_registry", Images).WithMetadata(rule);
        routes.MapGet("/{project}/-/container_registry/{id:long}", Image).WithMetadata(rule);
    }

    private static async Task<IResult> Images(ProjectPageAccess access, ImagesAccess granted, HttpContext context, ProjectImages images, BerthSettings settings, TimeProvider time)
    {
        var found = await images.List(granted, PageQuery.Text(context, "from"), ImagesPerPage + 1, context.RequestAborted);
        var blocks = new List<ImageBlock>();
        foreach (var image in found.Take(ImagesPerPage))
        {
            var rows = await images.Tags(image, null, TagsPerImage + 1, context.RequestAborted);
            blocks.Add(new ImageBlock(image.Id, ProjectHeads.Image(access, settings, image.Name), [.. rows.Take(TagsPerImage).Select(row => ProjectHeads.Of(access, settings, image, row))], rows.Count > TagsPerImage));
        }
        var head = ProjectHeads.Of(access, settings, "images");
        var next = found.Count > ImagesPerPage ? $"{head.Url("container_registry")}?from={Uri.EscapeDataString(found[ImagesPerPage].Name)}" : null;
        return PageResult.Of<ImagesPage>(Viewer.Of(access.Session, time), new ImagesView(head, blocks, next, settings.RegistryHost));
    }

    private static async Task<IResult> Image(ProjectPageAccess access, ImagesAccess granted, long id, HttpContext context, ProjectImages images, BerthSettings settings, TimeProvider time)
    {
        if (await images.Find(granted, id, context.RequestAborted) is not { } image)
        {
            PageRefusal.Set(context, 404, "This project has no such image, or it was deleted.");
            return Results.Empty;
        }
        (long, string)? from = PageQuery.Number(context, "published") is { } published ? (published, PageQuery.Text(context, "tag")) : null;
        var rows = await images.Tags(image, from, TagsPerPage + 1, context.RequestAborted);
        var head = ProjectHeads.Of(access, settings, "images");
        var next = rows.Count > TagsPerPage
            ? $"{head.Url("container_registry")}/{id}?published={rows[TagsPerPage].PublishedAt}&tag={Uri.EscapeDataString(rows[TagsPerPage].Tag)}"
            : null;
        return PageResult.Of<ImagePage>(Viewer.Of(access.Session, time),
            new ImageView(head, id, ProjectHeads.Image(access, settings, image.Name), [.. rows.Take(TagsPerPage).Select(row => ProjectHeads.Of(access, settings, image, row))], next));
    }
}

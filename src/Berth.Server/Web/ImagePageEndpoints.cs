using Berth.Server.Access;
using Berth.Server.Configuration;
using Berth.Server.Images;
using Berth.Server.Web.Pages;

namespace Berth.Server.Web;

/// <summary>/GROUP/PROJECT/-/container_registry: images, and the tags of each.</summary>
internal static class ImagePageEndpoints
{
    private const int ImagesPerPage = 20;
    private const int TagsPerPage = 50;

    public static void MapImagePages(this IEndpointRouteBuilder routes)
    {
        var rule = new AccessRule.ProjectPage(AccessLevel.None, Images: true);
        routes.MapGet("/{project}/-/container_registry", Images).WithMetadata(rule);
        routes.MapGet("/{project}/-/container_registry/{id:long}", Image).WithMetadata(rule);
    }

    private static async Task<IResult> Images(ProjectPageAccess access, ImagesAccess granted, HttpContext context, ProjectImages images, TrashPages trash, BerthSettings settings, TimeProvider time)
    {
        var (sort, descending) = Order(context);
        var after = PageQuery.Number(context, "id") is { } id && PageQuery.Number(context, "at") is { } at ? new ImagePosition(id, PageQuery.Text(context, "after"), at) : null;
        var filter = new ImageFilter(PageQuery.Text(context, "q").Trim(), sort, descending, after);
        var (found, next) = await images.List(granted, filter, ImagesPerPage, context.RequestAborted);
        var lines = found.Select(image => new ImageLine(ImageHeads.Of(access, settings, image.Image), image.TagCount, image.Size, image.LastPublishedAt));
        var view = new ImagesView(ProjectHeads.Of(access, settings, "images"), [.. lines], filter.Text, Word(sort), descending, after is null, null, settings.RegistryHost)
        {
            Note = await trash.NoteOf(access, granted, PageQuery.Number(context, "deleted"), context.RequestAborted),
            SeesDeleted = granted.DeletesTags,
        };
        return PageResult.Of<ImagesPage>(Viewer.Of(access.Session, time), next is null ? view : view with
        {
            Next = $"{view.Ordered(view.Sort, descending)}&after={Uri.EscapeDataString(next.Name)}&at={next.Position}&id={next.Id}",
        });
    }

    private static async Task<IResult> Image(
        ProjectPageAccess access, ImagesAccess granted, long id, HttpContext context, ProjectImages images, ImageTags tags, TrashPages trash, BerthSettings settings, TimeProvider time)
    {
        if (await images.Find(granted, id, context.RequestAborted) is not { } image)
            return NoSuchImage(context);
        var filter = Filter(context);
        var (rows, next) = await tags.Page(image, filter, TagsPerPage, context.RequestAborted);
        var head = ImageHeads.Of(access, settings, image);
        var lines = await ImageHeads.Lines(access, head, image, rows, tags, context.RequestAborted);
        var view = new ImageView(ProjectHeads.Of(access, settings, "images"), head, lines, filter.Text, Word(filter.Sort), filter.Descending, filter.After is null, null, granted.DeletesTags)
        {
            MayDeleteImage = granted.DeletesRepositories,
            Note = await trash.NoteOf(granted, head, PageQuery.Number(context, "deletion"), context.RequestAborted),
            Restored = PageQuery.Number(context, "restored"),
        };
        return PageResult.Of<ImagePage>(Viewer.Of(access.Session, time), next is null ? view : view with
        {
            Next = $"{view.Ordered(view.Sort, view.Descending)}&after={Uri.EscapeDataString(next.Tag)}&at={next.Position}",
        });
    }

    internal static IResult NoSuchImage(HttpContext context) => PageResult.Refused(context, 404, "This project has no such image, or it was deleted.");

    private static TagFilter Filter(HttpContext context)
    {
        var (sort, descending) = Order(context);
        var after = PageQuery.Text(context, "after") is { Length: > 0 } tag && PageQuery.Number(context, "at") is { } at ? new TagPosition(tag, at) : null;
        return new TagFilter(PageQuery.Text(context, "q").Trim(), sort, descending, after);
    }

    private static (TagSort Sort, bool Descending) Order(HttpContext context)
    {
        var sort = PageQuery.Text(context, "sort") switch
        {
            "name" => TagSort.Name,
            "size" => TagSort.Size,
            _ => TagSort.Published,
        };
        return (sort, PageQuery.Text(context, "order") is { Length: > 0 } order ? order == "desc" : sort != TagSort.Name);
    }

    private static string Word(TagSort sort) => sort.ToString().ToLowerInvariant();
}

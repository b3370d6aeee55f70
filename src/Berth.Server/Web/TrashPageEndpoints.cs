using Berth.Oci;
using Berth.Server.Access;
using Berth.Server.Images;
using Berth.Server.Lifecycle;
using Berth.Server.Web.Pages;

namespace Berth.Server.Web;

/// <summary>/GROUP/PROJECT/-/container_registry/ID/{delete_tags,delete}: what is lost, and its name to be typed before it is.</summary>
internal static class TrashPageEndpoints
{
    public static void MapTrashPages(this IEndpointRouteBuilder routes)
    {
        const string Image = "/{project}/-/container_registry/{id:long}";
        var tags = new AccessRule.ProjectPage(AccessLevel.Developer, Images: true);
        var images = new AccessRule.ProjectPage(AccessLevel.Maintainer, Images: true);
        routes.MapGet(Image + "/delete_tags", AskTags).WithMetadata(tags);
        routes.MapPost(Image + "/delete_tags", DeleteTags).WithMetadata(tags);
        routes.MapGet(Image + "/delete", AskImage).WithMetadata(images);
        routes.MapPost(Image + "/delete", DeleteImage).WithMetadata(images);
    }

    private static async Task<IResult> AskTags(ProjectPageAccess access, ImagesAccess granted, long id, HttpContext context, ProjectImages images, TrashPages pages)
    {
        if (await images.Find(granted, id, context.RequestAborted) is not { } image)
            return ImagePageEndpoints.NoSuchImage(context);
        var view = await pages.Tags(access, granted, image, [.. context.Request.Query["tag"].SelectMany(Parse)], context.RequestAborted);
        return PageResult.Of<DeleteTagsPage>(Viewer.Of(access.Session, pages.Time), view);
    }

    private static async Task<IResult> DeleteTags(ProjectPageAccess access, ImagesAccess granted, long id, HttpContext context, ProjectImages images, TrashPages pages, TagTrash trash)
    {
        if (await images.Find(granted, id, context.RequestAborted) is not { } image)
            return ImagePageEndpoints.NoSuchImage(context);
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var view = await pages.Tags(access, granted, image, Parse(form["tags"]), context.RequestAborted);
        if (view.Manifests.Count == 0)
            return PageResult.Of<DeleteTagsPage>(Viewer.Of(access.Session, pages.Time), view, 422);
        if (WrongName(view.Confirm, form) is { } wrong)
            return PageResult.Of<DeleteTagsPage>(Viewer.Of(access.Session, pages.Time), view with { Confirm = wrong }, 422);
        var (_, deletion) = await trash.Delete(granted, id, [.. view.Tags.Select(tag => Tag.Parse(tag))]);
        return PageResult.SeeOther($"{view.Image.Url}?deletion={deletion}");
    }

    private static async Task<IResult> AskImage(ProjectPageAccess access, ImagesAccess granted, long id, HttpContext context, RegistryRepositories repositories, TrashPages pages) =>
        await repositories.Find(granted, id, context.RequestAborted) is { } row
            ? PageResult.Of<DeleteImagePage>(Viewer.Of(access.Session, pages.Time), await pages.Image(access, granted, row, context.RequestAborted))
            : ImagePageEndpoints.NoSuchImage(context);

    private static async Task<IResult> DeleteImage(ProjectPageAccess access, ImagesAccess granted, long id, HttpContext context, RegistryRepositories repositories, TrashPages pages, RepositoryTrash trash)
    {
        if (await repositories.Find(granted, id, context.RequestAborted) is not { } row)
            return ImagePageEndpoints.NoSuchImage(context);
        var view = await pages.Image(access, granted, row, context.RequestAborted);
        if (WrongName(view.Confirm, await context.Request.ReadFormAsync(context.RequestAborted)) is { } wrong)
            return PageResult.Of<DeleteImagePage>(Viewer.Of(access.Session, pages.Time), view with { Confirm = wrong }, 422);
        await trash.Delete(granted, id);
        return PageResult.SeeOther($"{view.Project.Url("container_registry")}?deleted={id}");
    }

    /// <summary>The field again with what is wrong; null if the name was typed.</summary>
    internal static NameToType? WrongName(NameToType field, IFormCollection form)
    {
        var typed = form["confirm"].ToString().Trim();
        return typed == field.Name ? null : field with { Error = typed.Length == 0 ? "Type the name: then nothing is deleted by a slip." : "That is another name. Nothing was deleted." };
    }

    /// <summary>Tags between spaces; what is none is left out.</summary>
    private static List<Tag> Parse(string? names)
    {
        var tags = new List<Tag>();
        foreach (var name in (names ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (Tag.TryParse(name, out var tag) && tags.Count < TrashPages.MostTags)
                tags.Add(tag);
        }
        return tags;
    }
}

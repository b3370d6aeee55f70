using Berth.Oci;
using Berth.Server.Access;
using Berth.Server.Distribution;
using Berth.Server.Images;
using Berth.Server.Lifecycle;
using Berth.Server.Web.Pages;

namespace Berth.Server.Web;

/// <summary>/GROUP/PROJECT/-/container_registry/deleted: what of a project's images can be restored.</summary>
internal static class DeletedPageEndpoints
{
    private const int ImagesPerPage = 20;
    private const int TagsPerPage = 50;

    public static void MapDeletedPage(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/{project}/-/container_registry/deleted", Show).WithMetadata(new AccessRule.ProjectPage(AccessLevel.Developer, Images: true));

    private static async Task<IResult> Show(
        ProjectPageAccess access, ImagesAccess granted, HttpContext context, ProjectImages images, DeletedTags tags, RepositoryTrash repositories, TrashPages pages)
    {
        var only = PageQuery.Number(context, "image") is { } id ? await images.Find(granted, id, context.RequestAborted) : null;
        var view = new DeletedView(ProjectHeads.Of(access, pages.Settings, "images"), [], [], (int)access.Project.TrashDays)
        {
            Image = only is null ? null : ImageHeads.Of(access, pages.Settings, only),
            RestoresImages = granted.DeletesRepositories,
            Restored = await Restored(access, granted, context, images, pages),
            IsFirstPage = context.Request.Query["tags"].Count == 0 && context.Request.Query["images"].Count == 0,
        };
        if (context.Request.Query["tags"].Count == 0 && only is null)
            view = await WithImages(view, access, granted, PageQuery.Number(context, "images"), repositories, context.RequestAborted);
        if (context.Request.Query["images"].Count == 0)
            view = await WithTags(view, access, granted, Place(context, only), tags, pages, context.RequestAborted);
        return PageResult.Of<DeletedPage>(Viewer.Of(access.Session, pages.Time), view);
    }

    private static async Task<DeletedView> WithImages(
        DeletedView view, ProjectPageAccess access, ImagesAccess granted, long? before, RepositoryTrash repositories, CancellationToken cancellationToken)
    {
        var rows = await repositories.List(granted, before ?? long.MaxValue, ImagesPerPage + 1, cancellationToken);
        return view with
        {
            Images = [.. rows.Take(ImagesPerPage).Select(row => new DeletedImageLine(
                row.Id, TrashPages.Name(access, row.Name), row.DeletedAt, row.KeepUntil, row.Username, view.Project.Url($"container_registry/{row.Id}/restore")))],
            NextImages = rows.Count > ImagesPerPage ? $"{view.Url}?images={rows[ImagesPerPage - 1].Id}" : null,
        };
    }

    private static async Task<DeletedView> WithTags(
        DeletedView view, ProjectPageAccess access, ImagesAccess granted, DeletedTagPlace place, DeletedTags tags, TrashPages pages, CancellationToken cancellationToken)
    {
        var rows = view.Image is null ? await tags.List(granted, place, TagsPerPage + 1, cancellationToken) : await tags.ListOf(granted, place, TagsPerPage + 1, cancellationToken) ?? [];
        var groups = rows.Take(TagsPerPage).GroupBy(row => (row.RepositoryId, row.DeletedAt)).Select(group => new DeletedGroup(
            ImageHeads.Of(access, pages.Settings, new ImageRow(group.Key.RepositoryId, group.First().RepositoryName)), group.Key.DeletedAt, group.First().KeepUntil, group.First().Username,
            [.. group.OrderBy(row => row.Tag, StringComparer.Ordinal).Select(Line)]));
        return view with
        {
            Deletions = [.. groups],
            NextTags = rows.Count > TagsPerPage ? $"{view.Url}?tags={rows[TagsPerPage - 1].Place}{(view.Image is { } image ? $"&image={image.Id}" : "")}" : null,
        };
    }

    private static DeletedTagLine Line(DeletedTag row) => new(row.Tag, Digest.FromBytes(row.Digest).ToString(), row.Action == (long)TagAction.ManifestDeleted, row.Id);

    private static DeletedTagPlace Place(HttpContext context, ImageRow? only)
    {
        var place = DeletedTagPlace.TryParse(PageQuery.Text(context, "tags"), out var parsed) ? parsed : DeletedTagPlace.StartOf(only?.Id ?? 0);
        return only is null ? place : place with { Repository = only.Id };
    }

    /// <summary>Above the list, after a restore that came back to it.</summary>
    private static async Task<RestoredNote?> Restored(ProjectPageAccess access, ImagesAccess granted, HttpContext context, ProjectImages images, TrashPages pages)
    {
        if (PageQuery.Number(context, "restored") is not { } id || await images.Find(granted, id, context.RequestAborted) is not { } image)
            return null;
        var head = ImageHeads.Of(access, pages.Settings, image);
        return new RestoredNote(head.Name, head.Url, PageQuery.Number(context, "count") is { } count and < 1_000_000 ? (int)count : null);
    }
}

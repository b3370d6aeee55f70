using Berth.Server.Access;
using Berth.Server.Images;
using Berth.Server.Lifecycle;
using Berth.Server.Web.Pages;

namespace Berth.Server.Web;

/// <summary>/GROUP/PROJECT/-/container_registry/ID/delete_by_rule: many tags at once, and how far that has come.</summary>
internal static class RulePageEndpoints
{
    public static void MapRulePage(this IEndpointRouteBuilder routes)
    {
        var rule = new AccessRule.ProjectPage(AccessLevel.Maintainer, Images: true);
        routes.MapGet("/{project}/-/container_registry/{id:long}/delete_by_rule", Show).WithMetadata(rule);
        routes.MapPost("/{project}/-/container_registry/{id:long}/delete_by_rule", Delete).WithMetadata(rule);
    }

    private static async Task<IResult> Show(ProjectPageAccess access, ImagesAccess granted, long id, HttpContext context, ProjectImages images, TagDeletions deletions, TrashPages pages) =>
        await images.Find(granted, id, context.RequestAborted) is { } image
            ? Page(access, pages, await View(access, granted, image, deletions, pages, context.RequestAborted), 200)
            : ImagePageEndpoints.NoSuchImage(context);

    private static async Task<IResult> Delete(ProjectPageAccess access, ImagesAccess granted, long id, HttpContext context, ProjectImages images, TagDeletions deletions, TrashPages pages)
    {
        if (await images.Find(granted, id, context.RequestAborted) is not { } image)
            return ImagePageEndpoints.NoSuchImage(context);
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var view = await View(access, granted, image, deletions, pages, context.RequestAborted);
        view = view with { Delete = form["name_regex_delete"].ToString(), Keep = form["name_regex_keep"].ToString(), KeepNewest = form["keep_n"].ToString(), OlderThan = form["older_than"].ToString() };
        if (!TagDeletionRule.TryParse(name => form[name].ToString() is { Length: > 0 } text ? text : null, out var rule, out var refusal))
            return Page(access, pages, Wrong(view, refusal), 422);
        if (TrashPageEndpoints.WrongName(view.Confirm, form) is { } wrong)
            return Page(access, pages, view with { Confirm = wrong }, 422);
        return await deletions.Begin(granted, id, rule) switch
        {
            TagDeletionRequest.Begun => PageResult.SeeOther(view.Url),
            TagDeletionRequest.NotFound => ImagePageEndpoints.NoSuchImage(context),
            _ => Page(access, pages, view with { WrongField = "", Problem = "The last deletion by a rule was within the hour. Each image takes one an hour, as in GitLab: wait, or choose the tags in the list." }, 422),
        };
    }

    private static IResult Page(ProjectPageAccess access, TrashPages pages, DeleteByRuleView view, int status) => PageResult.Of<DeleteByRulePage>(Viewer.Of(access.Session, pages.Time), view, status);

    private static async Task<DeleteByRuleView> View(
        ProjectPageAccess access, ImagesAccess granted, ImageRow image, TagDeletions deletions, TrashPages pages, CancellationToken cancellationToken)
    {
        var head = ImageHeads.Of(access, pages.Settings, image);
        var view = new DeleteByRuleView(ProjectHeads.Of(access, pages.Settings, "images"), head, new NameToType(TrashPages.Name(access, image.Name), null));
        if (await deletions.Find(granted, image.Id, cancellationToken) is not { } last)
            return view;
        return view with
        {
            Last = new LastDeletion(
                last.RequestedAt, TagDeletionEndpoints.Word(last), last.DeletePattern, last.KeepPattern, last.KeepNewest, last.PublishedBefore, last.Examined, last.Deleted, last.Error, last.RequestedAt,
                last.FinishedAt, last.KeepUntil, last.Deleted > 0 && await pages.NoteOf(granted, head, last.RequestedAt, cancellationToken) is not null),
        };
    }

    /// <summary>The refusal begins with the field's name; without one it is the pattern that is missing.</summary>
    private static DeleteByRuleView Wrong(DeleteByRuleView view, string refusal) => refusal.Split(' ')[0] switch
    {
        "name_regex_keep" => view with { WrongField = "name_regex_keep", Problem = "This is no regular expression of RE2. " },
        "keep_n" => view with { WrongField = "keep_n", Problem = "A whole number, please. " },
        "older_than" => view with { WrongField = "older_than", Problem = "This is no age. " },
        _ when view.Delete.Length == 0 => view with { WrongField = "name_regex_delete", Problem = "Say which tags. " },
        _ => view with { WrongField = "name_regex_delete", Problem = "This is no regular expression of RE2. " },
    };
}

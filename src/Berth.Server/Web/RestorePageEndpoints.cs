using System.Globalization;
using Berth.Oci;
using Berth.Server.Access;
using Berth.Server.Images;
using Berth.Server.Lifecycle;
using Berth.Server.Web.Pages;

namespace Berth.Server.Web;

/// <summary>/GROUP/PROJECT/-/container_registry/ID/{restore_tag,restore_tags,restore}: the way back, or what is in it and how to go on.</summary>
internal static class RestorePageEndpoints
{
    /// <summary>Calls of a thousand tags in one request: some seconds. What is left is restored by the next press.</summary>
    private const int MostCalls = 10;

    private const int MostRefused = 100;

    public static void MapRestorePages(this IEndpointRouteBuilder routes)
    {
        const string Image = "/{project}/-/container_registry/{id:long}";
        var tags = new AccessRule.ProjectPage(AccessLevel.Developer, Images: true);
        routes.MapPost(Image + "/restore_tag", RestoreTag).WithMetadata(tags);
        routes.MapPost(Image + "/restore_tags", RestoreTags).WithMetadata(tags);
        routes.MapPost(Image + "/restore", RestoreImage).WithMetadata(new AccessRule.ProjectPage(AccessLevel.Maintainer, Images: true));
    }

    private static async Task<IResult> RestoreTag(ProjectPageAccess access, ImagesAccess granted, long id, HttpContext context, ProjectImages images, TagRestores restores, TrashPages pages)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        if (await images.Find(granted, id, context.RequestAborted) is not { } image)
            return ImagePageEndpoints.NoSuchImage(context);
        if (!Tag.TryParse(form["tag"].ToString(), out var tag))
            return NothingKept(context);
        long? before = long.TryParse(form["event"], out var number) ? number : null;
        var head = ImageHeads.Of(access, pages.Settings, image);
        var outcome = await restores.Restore(granted, id, tag, before, form["force"] == "true", Digest.TryParse(form["instead"].ToString(), out var instead) ? instead : null);
        if (outcome is TagRestore.Restored)
            return PageResult.SeeOther(form["back"] == "deleted" ? $"/{access.Project.FullPath}/-/container_registry/deleted?restored={id}&count=1" : head.Tag(tag.ToString()), form["back"] == "deleted" ? null : PageNote.TagRestored);
        if (outcome is TagRestore.NotFound)
            return NothingKept(context);
        var view = new RestoreProblemView(ProjectHeads.Of(access, pages.Settings, "images"), $"{tag} is not restored", Reason(outcome), $"{head.Url}/restore_tag")
        {
            Force = outcome is TagRestore.Taken ? [new("tag", tag.ToString()), new("event", form["event"].ToString()), new("back", form["back"].ToString())] : null,
            Links = outcome is TagRestore.Taken ? [new("What it is now", head.Tag(tag.ToString()))] : [new("The image", head.Url)],
        };
        return Problem(access, pages, view, 409);
    }

    /// <summary>All that one deletion took, as far as nothing is in the way.</summary>
    private static async Task<IResult> RestoreTags(ProjectPageAccess access, ImagesAccess granted, long id, HttpContext context, ProjectImages images, TagRestores restores, TrashPages pages)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        if (await images.Find(granted, id, context.RequestAborted) is not { } image)
            return ImagePageEndpoints.NoSuchImage(context);
        if (!long.TryParse(form["deletion"], out var deletion))
            return NothingKept(context);
        var head = ImageHeads.Of(access, pages.Settings, image);
        var (force, back) = (form["force"] == "true", form["back"].ToString());
        if (await RestoreSome(granted, id, (deletion, Tag.TryParse(form["after"].ToString(), out var last) ? last.ToString() : "", force), restores) is not var (count, refused, after))
            return ImagePageEndpoints.NoSuchImage(context);
        if (count == 0)
            return NothingKept(context);
        if (refused.Count == 0 && after is null)
            return PageResult.SeeOther(back == "deleted" ? $"/{access.Project.FullPath}/-/container_registry/deleted?restored={id}&count={count}" : $"{head.Url}?restored={count}");
        Entry[] fields = [new("deletion", deletion.ToString(CultureInfo.InvariantCulture)), new("back", back)];
        return Problem(access, pages, new RestoreProblemView(
            ProjectHeads.Of(access, pages.Settings, "images"), $"{count - refused.Count} of {count} tags are restored",
            refused.Count > 0 ? "Something is in the way of the others." : "There are more: so many are restored at once.", $"{head.Url}/restore_tags")
        {
            Refused = [.. refused.Take(MostRefused).Select(tag => new Entry(tag.Tag.ToString(), Reason(tag.Outcome)))],
            RefusedCount = refused.Count,
            GoOn = after is null ? null : [.. fields, new("after", after), new("force", force ? "true" : "")],
            Force = refused.Exists(tag => tag.Outcome is TagRestore.Taken) ? fields : null,
            Links = [new("The image", head.Url)],
        }, refused.Count > 0 ? 409 : 200);
    }

    /// <summary>How many were tried, which of them were refused, and behind which tag to go on; null once all were tried. Null if the image is gone.</summary>
    private static async Task<(int Count, List<RestoredTag> Refused, string? After)?> RestoreSome(
        ImagesAccess granted, long id, (long Id, string After, bool Force) deletion, TagRestores restores)
    {
        var refused = new List<RestoredTag>();
        var (count, after) = (0, deletion.After);
        for (var call = 0; call < MostCalls; call++)
        {
            if (await restores.RestoreDeletion(granted, id, deletion.Id, after, deletion.Force) is not { } tags)
                return null;
            refused.AddRange(tags.Where(tag => tag.Outcome is not TagRestore.Restored));
            count += tags.Count;
            if (tags.Count < TagRestores.MaxTags)
                return (count, refused, null);
            after = tags[^1].Tag.ToString();
        }
        return (count, refused, after);
    }

    private static async Task<IResult> RestoreImage(ProjectPageAccess access, ImagesAccess granted, long id, HttpContext context, RepositoryTrash trash, TrashPages pages)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var typed = form.ContainsKey("name") ? form["name"].ToString().Trim() : null;
        if (await trash.Find(granted, id, context.RequestAborted) is not { } row)
            return NothingKept(context);
        var url = $"/{access.Project.FullPath}/-/container_registry";
        var problem = new RestoreProblemView(
            ProjectHeads.Of(access, pages.Settings, "images"), $"{TrashPages.Name(access, row.Name)} is not restored", "The image had this name when it was deleted.", $"{url}/{id}/restore")
        {
            OtherName = typed ?? (row.Name.Length == 0 ? "restored" : row.Name + "-restored"),
            NamePrefix = TrashPages.Name(access, "") + "/",
        };
        return await trash.Restore(granted, id, typed) switch
        {
            RepositoryRestore.Restored => PageResult.SeeOther($"{url}/deleted?restored={id}"),
            RepositoryRestore.NameTaken taken => Problem(access, pages, problem with
            {
                Problem = $"{TrashPages.Name(access, taken.Name)} was pushed anew since, or is being pushed. Restore the old one under another name, or delete the new one first.",
                NameError = typed is null ? null : "This name is taken.",
                Links = [new("The new one", $"{url}/{taken.RepositoryId}"), new("Delete the new one", $"{url}/{taken.RepositoryId}/delete")],
            }, 409),
            RepositoryRestore.BadName => Problem(access, pages, problem with { NameError = "One or two names of lower-case letters and digits, with single . _ - between them and / between the two." }, 422),
            _ => NothingKept(context),
        };
    }

    private static IResult Problem(ProjectPageAccess access, TrashPages pages, RestoreProblemView view, int status) => PageResult.Of<RestoreProblemPage>(Viewer.Of(access.Session, pages.Time), view, status);

    private static string Reason(TagRestore outcome) => outcome switch
    {
        TagRestore.Taken taken => $"The tag was pushed anew since and is {taken.Current} now.",
        TagRestore.Gone gone => $"What it stood for needs content that is kept no more: {string.Join(", ", gone.Missing.Take(3))}{(gone.Missing.Count > 3 ? $" and {gone.Missing.Count - 3} more" : "")}. Push it again.",
        _ => "Nothing is kept of it.",
    };

    private static IResult NothingKept(HttpContext context) => PageResult.Refused(context, 404, "Nothing of that name is kept here: it is back already, or its time is over.");
}

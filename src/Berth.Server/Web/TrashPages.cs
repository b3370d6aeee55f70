using Berth.Oci;
using Berth.Server.Access;
using Berth.Server.Configuration;
using Berth.Server.Database;
using Berth.Server.Images;
using Berth.Server.Lifecycle;
using Berth.Server.Web.Pages;

namespace Berth.Server.Web;

/// <summary>Gathers what the pages of deletes show, each list bounded.</summary>
internal sealed class TrashPages(ManifestRelations relations, DeletedTags deletedTags, RepositoryTrash repositoryTrash, RegistryRepositories repositories, BerthSettings settings, TimeProvider time)
{
    /// <summary>Tags that one form deletes: twice what a page of them shows.</summary>
    public const int MostTags = 100;

    /// <summary>Names of one kind that a row shows, and as far as they are counted.</summary>
    private const int Few = 4;
    private const int MostCounted = 100;

    private const int MostNames = 30;

    public TimeProvider Time => time;

    public BerthSettings Settings => settings;

    /// <summary>The image as clients name it, without the host: what is typed to delete more than one tag of it.</summary>
    public static string Name(ProjectPageAccess access, string image) => RestoreViews.Path(access.Project, image);

    public async Task<DeleteTagsView> Tags(ProjectPageAccess access, ImagesAccess granted, ImageRow image, IReadOnlyCollection<Tag> tags, CancellationToken cancellationToken)
    {
        var chosen = tags.Count == 0 ? [] : await relations.OfTags(granted, image.Id, [.. tags.Take(MostTags)], (Few, MostCounted), cancellationToken);
        var names = chosen.SelectMany(one => one.Tags).ToList();
        return new DeleteTagsView(
            ProjectHeads.Of(access, settings, "images"), ImageHeads.Of(access, settings, image), chosen.ConvertAll(Line),
            new NameToType(names.Count == 1 ? names[0] : Name(access, image.Name), null), KeepUntil(access));
    }

    public async Task<DeleteImageView> Image(ProjectPageAccess access, ImagesAccess granted, RepositoryRow row, CancellationToken cancellationToken) => new(
        ProjectHeads.Of(access, settings, "images"), ImageHeads.Of(access, settings, new ImageRow(row.Id, row.Name)),
        await repositories.Tags(row, "", descending: false, MostNames, cancellationToken), row.TagCount, row.Size, new NameToType(Name(access, row.Name), null), KeepUntil(access));

    /// <summary>What a deletion took of an image and is not back; null if that is nothing.</summary>
    public async Task<DeletedNote?> NoteOf(ImagesAccess granted, ImageHead head, long? deletion, CancellationToken cancellationToken)
    {
        if (deletion is not { } at || !granted.DeletesTags)
            return null;
        var gone = await deletedTags.OfDeletion(granted, head.Id, at, MostCounted + 1, cancellationToken);
        return gone.Count == 0 ? null : new DeletedNote(
            [.. gone.Take(Few).Select(tag => tag.Tag)], Math.Min(gone.Count, MostCounted), gone.Count > MostCounted, gone[0].KeepUntil, $"{head.Url}/restore_tags", at);
    }

    /// <summary>The image that was just deleted; null if it is there, or kept no more.</summary>
    public async Task<DeletedNote?> NoteOf(ProjectPageAccess access, ImagesAccess granted, long? repository, CancellationToken cancellationToken) =>
        repository is { } id && granted.DeletesRepositories && await repositoryTrash.Find(granted, id, cancellationToken) is { } row
            ? new DeletedNote([Name(access, row.Name)], 1, false, row.KeepUntil, $"/{access.Project.FullPath}/-/container_registry/{row.Id}/restore", null)
            : null;

    private long KeepUntil(ProjectPageAccess access) => time.Micros() + access.Project.TrashDays * Clock.Day;

    private static LostManifest Line(ChosenManifest chosen) => new(
        chosen.Relations.Digest.ToString(), chosen.TotalSize, chosen.Tags,
        Names(chosen.Relations.Tags, tag => tag), Names(chosen.Relations.Indexes, index => index.ToString()), Names(chosen.Relations.Referrers, referrer => referrer.Digest.ToString()));

    private static FirstFew Names<T>(Known<T> known, Func<T, string> name) => new([.. known.First.Select(name)], known.Count, known.IsMore);
}

using Berth.Oci;
using Berth.Server.Access;
using Berth.Server.Configuration;
using Berth.Server.Images;
using Berth.Server.Web.Pages;

namespace Berth.Server.Web;

/// <summary>From rows of images and tags to what pages show.</summary>
internal static class ImageHeads
{
    /// <summary>Artifact types of images, which are no news.</summary>
    private static readonly string[] ImageTypes = [MediaTypes.OciImageConfig, MediaTypes.DockerImageConfig];

    public static ImageHead Of(ProjectPageAccess access, BerthSettings settings, ImageRow image) => new(
        image.Id, ProjectHeads.Image(access, settings, image.Name), $"/{access.Project.FullPath}/-/container_registry/{image.Id}");

    /// <summary>A tag without its index's platforms and without cosign's signatures by tag: for lists of a few.</summary>
    public static TagLine Line(ProjectPageAccess access, ImageHead head, ImageRow image, ImageTagRow row) =>
        Line(access, head, image, row, row.Platform is { } platform ? [platform] : MediaTypes.IsIndex(row.MediaType) ? ["several platforms"] : [], row.Signature is not null);

    /// <summary>Tags with all that a list of them tells.</summary>
    public static async Task<List<TagLine>> Lines(ProjectPageAccess access, ImageHead head, ImageRow image, List<ImageTagRow> rows, ImageTags tags, CancellationToken cancellationToken)
    {
        var platforms = await tags.Platforms(image, rows, cancellationToken);
        var signed = await tags.SignedByTag(image, [.. rows.Select(row => Digest.FromBytes(row.Digest))], cancellationToken);
        return [.. rows.Select(row =>
        {
            var digest = Digest.FromBytes(row.Digest);
            var own = MediaTypes.IsIndex(row.MediaType) ? platforms[digest].Distinct().Order(StringComparer.Ordinal).ToList() : row.Platform is { } one ? [one] : (List<string>)[];
            return Line(access, head, image, row, own, row.Signature is not null || signed.Contains(digest));
        })];
    }

    /// <summary>Who pushed, as those may know who see the project's pipelines.</summary>
    public static string? By(ProjectPageAccess access, string? username, string? credential) => !access.SeesPipelines ? null
        : username ?? (credential is not null && credential.StartsWith("deploy:", StringComparison.Ordinal) ? $"deploy token {credential["deploy:".Length..]}" : null);

    public static TagOrigin? From(ProjectPageAccess access, long? jobId, string? jobName, long? pipelineId, string? @ref, string? sha) =>
        access.SeesPipelines && jobId is { } job && pipelineId is { } pipeline ? new TagOrigin(job, jobName!, pipeline, @ref!, sha!) : null;

    private static TagLine Line(ProjectPageAccess access, ImageHead head, ImageRow image, ImageTagRow row, IReadOnlyList<string> platforms, bool isSigned) => new(
        $"{head.Name}:{row.Tag}", image.Name, row.Tag, head.Tag(row.Tag), Digest.FromBytes(row.Digest).ToString(), row.Size, platforms, Kind(row.MediaType, row.ArtifactType), row.PublishedAt, isSigned,
        By(access, row.Username, row.Credential), From(access, row.JobId, row.JobName, row.PipelineId, row.Ref, row.Sha));

    private static string? Kind(string mediaType, string? artifactType) => MediaTypes.IsIndex(mediaType) ? "index"
        : artifactType is null || ImageTypes.Contains(artifactType) ? null
        : ArtifactWords.Of(artifactType);
}

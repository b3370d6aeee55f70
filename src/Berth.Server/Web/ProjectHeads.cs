using Berth.Oci;
using Berth.Server.Access;
using Berth.Server.Ci;
using Berth.Server.Configuration;
using Berth.Server.Images;
using Berth.Server.Web.Pages;

namespace Berth.Server.Web;

/// <summary>From rows to what pages show.</summary>
internal static class ProjectHeads
{
    public static ProjectHead Of(ProjectPageAccess access, BerthSettings settings, string tab) => new(
        access.Project.FullPath, ((Visibility)access.Project.Visibility).ToString().ToLowerInvariant(), Image(access, settings), tab,
        access.Images is not null, access.PushesImages, access.SeesPipelines, access.RunsPipelines)
    {
        IsMember = access.IsMember,
        Maintains = access.Maintains,
    };

    /// <summary>An image of the project as clients name it; <paramref name="name"/> is what follows the project's path.</summary>
    public static string Image(ProjectPageAccess access, BerthSettings settings, string name = "") =>
        $"{settings.RegistryHost}/{access.Project.FullPath.ToLowerInvariant()}{(name.Length == 0 ? "" : "/" + name)}";

    public static TagLine Of(ProjectPageAccess access, BerthSettings settings, ImageRow image, ImageTagRow row) => new(
        $"{Image(access, settings, image.Name)}:{row.Tag}", image.Name, row.Tag, Digest.FromBytes(row.Digest).ToString(), row.Size,
        row.Platform ?? (MediaTypes.IsIndex(row.MediaType) ? "several platforms" : null), row.PublishedAt,
        access.SeesPipelines && row is { JobId: { } job, PipelineId: { } pipeline } ? new TagOrigin(job, row.JobName!, pipeline, row.Ref!, row.Sha!) : null);

    public static PipelineLine Of(PipelineRow row) => new(
        row.Id, row.Status, row.Ref, row.IsTag != 0, row.Sha, Title(row.CommitMessage), Name(row.CommitAuthor), row.Source, row.CreatedAt, row.StartedAt, row.FinishedAt);

    public static JobLine Of(JobRow row) => new(row.Id, row.Name, row.Stage, row.Status, row.AllowFailure != 0, row.Retried != 0, row.StartedAt, row.FinishedAt);

    private static string Title(string message) => message.TrimStart('\n').Split('\n', 2)[0];

    /// <summary>Of 'Name &lt;address&gt;' the name.</summary>
    private static string Name(string author) => author.LastIndexOf(" <", StringComparison.Ordinal) is > 0 and var end ? author[..end] : author;
}

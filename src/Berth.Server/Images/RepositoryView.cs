using Berth.Oci;
using Berth.Server.Configuration;

namespace Berth.Server.Images;

/// <summary>Repositories and tags as GitLab's API shows them.</summary>
internal static class RepositoryView
{
    /// <param name="row">The repository.</param>
    /// <param name="settings">Where images are.</param>
    /// <param name="deletable">Whether the caller may delete it: then it says where.</param>
    public static Dictionary<string, object?> Of(RepositoryRow row, BerthSettings settings, bool deletable)
    {
        var view = new Dictionary<string, object?>
        {
            ["id"] = row.Id,
            ["name"] = row.Name,
            ["path"] = row.ImageName,
            ["project_id"] = row.ProjectId,
            ["location"] = $"{settings.RegistryHost}/{row.ImageName}",
            ["created_at"] = ApiTime.Of(row.CreatedAt),
            ["cleanup_policy_started_at"] = null,
            // GitLab's while it deletes in the background. Here a repository is gone with the delete's answer, or untouched.
            ["status"] = null,
        };
        if (deletable)
            view["delete_api_path"] = $"{settings.ExternalOrigin}/api/v4/projects/{row.ProjectId}/registry/repositories/{row.Id}";
        return view;
    }

    public static object Tag(RepositoryRow row, string tag, BerthSettings settings) =>
        new { name = tag, path = $"{row.ImageName}:{tag}", location = $"{settings.RegistryHost}/{row.ImageName}:{tag}" };

    public static object Tag(RepositoryRow row, TagDetailRow tag, BerthSettings settings)
    {
        var revision = tag.Config is null ? null : Digest.FromBytes(tag.Config).Hex.ToString();
        return new
        {
            name = tag.Name,
            path = $"{row.ImageName}:{tag.Name}",
            location = $"{settings.RegistryHost}/{row.ImageName}:{tag.Name}",
            revision,
            short_revision = revision?[..9],
            digest = Digest.FromBytes(tag.Digest).ToString(),
            created_at = ApiTime.Of(tag.ImageCreatedAt ?? tag.PublishedAt),
            // GitLab's is that of the layers; an index has none, and counts with all that is below it.
            total_size = MediaTypes.IsIndex(tag.MediaType) ? tag.TotalSize : tag.LayerSize ?? 0,
        };
    }
}

using System.Text.Json.Serialization;
using Berth.Oci;
using Berth.Server.Access;
using Berth.Server.Configuration;

namespace Berth.Server.Images;

/// <summary>A repository as GitLab's API shows one. <paramref name="deletable"/>: the caller may delete it, so it says where.</summary>
internal sealed class ApiRepository(RepositoryRow row, BerthSettings settings, bool deletable)
{
    public long Id => row.Id;
    public string Name => row.Name;
    public string Path => row.ImageName;
    public long ProjectId => row.ProjectId;
    public string Location => $"{settings.RegistryHost}/{row.ImageName}";
    public string CreatedAt => ApiTime.Of(row.CreatedAt);
    public string? CleanupPolicyStartedAt => null;

    /// <summary>GitLab's while it deletes in the background. Here a repository is gone with the delete's answer, or untouched.</summary>
    public string? Status => null;

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? DeleteApiPath => deletable ? $"{settings.ExternalOrigin}/api/v4/projects/{row.ProjectId}/registry/repositories/{row.Id}" : null;

    /// <summary>If asked for, as are the tags and the bytes.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? TagsCount { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IEnumerable<ApiTag>? Tags { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Size { get; set; }
}

/// <summary>A tag in a list, as GitLab's API shows one.</summary>
internal sealed class ApiTag(RepositoryRow row, string tag, BerthSettings settings)
{
    public string Name => tag;
    public string Path => $"{row.ImageName}:{tag}";
    public string Location => $"{settings.RegistryHost}/{row.ImageName}:{tag}";
}

/// <summary>A tag and what it stands for, as GitLab's API shows it.</summary>
internal sealed class ApiTagDetails(RepositoryRow row, TagDetailRow tag, BerthSettings settings)
{
    public string Name => tag.Name;
    public string Path => $"{row.ImageName}:{tag.Name}";
    public string Location => $"{settings.RegistryHost}/{row.ImageName}:{tag.Name}";

    /// <summary>The digest of the config, without its algorithm; null of an index.</summary>
    public string? Revision => tag.Config is null ? null : Oci.Digest.FromBytes(tag.Config).Hex.ToString();
    public string? ShortRevision => Revision?[..9];
    public string Digest => Oci.Digest.FromBytes(tag.Digest).ToString();
    public string CreatedAt => ApiTime.Of(tag.ImageCreatedAt ?? tag.PublishedAt);

    /// <summary>Bytes. GitLab's is that of the layers; an index has none, and counts with all that is below it.</summary>
    public long TotalSize => MediaTypes.IsIndex(tag.MediaType) ? tag.TotalSize : tag.LayerSize ?? 0;
}

using Berth.Server.Access;
using Berth.Server.Access.Audit;
using Berth.Server.Access.Places;
using Berth.Server.Configuration;
using Berth.Server.Distribution;

namespace Berth.Server.Lifecycle;

/// <summary>A deleted tag as the API shows it.</summary>
internal sealed class ApiDeletedTag(DeletedTag tag)
{
    public string Name => tag.Tag;
    public long RepositoryId => tag.RepositoryId;
    public string Digest => Oci.Digest.FromBytes(tag.Digest).ToString();

    /// <summary>It went with its manifest, which was deleted by its digest.</summary>
    public bool WithManifest => tag.Action == (long)TagAction.ManifestDeleted;

    /// <summary>With which this very state is restored.</summary>
    public long EventId => tag.Id;

    /// <summary>Of all that went at once.</summary>
    public long DeletionId => tag.DeletedAt;
    public string DeletedAt => ApiTime.Of(tag.DeletedAt);
    public string KeepUntil => ApiTime.Of(tag.KeepUntil);
    public ApiAuthor? DeletedBy { get; init; } = tag.UserId is { } user ? new(user, tag.Username) : null;
    public string Credential => tag.Credential;
    public long? JobId => tag.JobId;
}

/// <summary>A repository that was restored, as the API shows it.</summary>
internal class ApiRestoredRepository(long id, string name, ProjectRow project, BerthSettings settings)
{
    public long Id => id;
    public string Name => name;
    public string Path => RestoreViews.Path(project, name);
    public long ProjectId => project.Id;
    public string Location => $"{settings.RegistryHost}/{Path}";
}

/// <summary>A deleted repository as the API shows it.</summary>
internal sealed class ApiDeletedRepository(DeletedRepository row, ProjectRow project, BerthSettings settings) : ApiRestoredRepository(row.Id, row.Name, project, settings)
{
    public string DeletedAt => ApiTime.Of(row.DeletedAt);
    public string KeepUntil => ApiTime.Of(row.KeepUntil);
    public ApiAuthor? DeletedBy { get; init; } = row.UserId is { } user ? new(user, row.Username) : null;
}

internal sealed record ApiRestoredTag(string Name, string Digest);

internal sealed record ApiRefusedTag(string Name, string? Message);

/// <summary>What became of many tags. <c>NextAfter</c>: after of the next call, if there may be more.</summary>
internal sealed record ApiRestoredTags(IEnumerable<ApiRestoredTag> Restored, IEnumerable<ApiRefusedTag> Refused, string? NextAfter);

/// <summary>What else leads to a manifest, or hangs on it, as the API shows it.</summary>
internal sealed class ApiRelations(Relations relations)
{
    public string Digest => relations.Digest.ToString();
    public ApiKnown<string> Tags => ApiKnown<string>.Of(relations.Tags, tag => tag);
    public ApiKnown<string> Indexes => ApiKnown<string>.Of(relations.Indexes, index => index.ToString());
    public ApiKnown<ApiRelatedReferrer> Referrers => ApiKnown<ApiRelatedReferrer>.Of(relations.Referrers, referrer => new(referrer.Digest.ToString(), referrer.ArtifactType));
}

internal sealed record ApiRelatedReferrer(string Digest, string? ArtifactType);

/// <summary>The first of some things, and how many there are. <c>More</c>: than were counted.</summary>
internal sealed record ApiKnown<T>(IEnumerable<T> First, int Count, bool More)
{
    public static ApiKnown<T> Of<TRow>(Known<TRow> known, Func<TRow, T> show) => new(known.First.Select(show), known.Count, known.IsMore);
}

using Berth.Oci;
using Berth.Server.Access;
using Berth.Server.Database;
using Berth.Server.Http;

namespace Berth.Server.Images;

/// <summary>
/// /api/v4/projects/:id/registry/repositories/:repository/{manifests,compare}: what a manifest holds, and how two differ. Berth's own,
/// under GitLab's prefix.
/// </summary>
internal static class ImageManifestEndpoints
{
    /// <summary>Referrers in an answer; further ones by ?referrers_after=.</summary>
    private const int ReferrersPerPage = 100;

    public static void MapImageManifests(this IEndpointRouteBuilder routes)
    {
        const string Repository = "/api/v4/projects/{id}/registry/repositories/{repository:long}";
        var rule = new AccessRule.ProjectImages(RepositoryEndpoints.Reads, Anonymous: true);
        routes.MapGet(Repository + "/manifests/{reference}", Get).WithSummary("Shows what a manifest holds: config, layers and their build lines, platforms, annotations, referrers").WithMetadata(rule).WithMetadata(new ApiParameter("referrers_after", "The last referrer of the page before."));
        routes.MapGet(Repository + "/compare", Compare).WithSummary("Shows the difference of two manifests").WithMetadata(rule).WithMetadata(new ApiParameter("from", "A tag or digest."), new ApiParameter("to", "A tag or digest."));
    }

    private static async Task<IResult> Get(ImagesAccess access, long repository, string reference, HttpContext context, ProjectImages images, ImageManifests manifests)
    {
        var cancellationToken = context.RequestAborted;
        Digest? after = null;
        if (context.Request.Query["referrers_after"].ToString() is { Length: > 0 } text)
        {
            if (!Digest.TryParse(text, out var given))
                return ApiError.BadRequest("referrers_after is invalid");
            after = given;
        }
        if (await images.Find(access, repository, cancellationToken) is not { } image)
            return ApiError.NotFound("Repository");
        if (!Reference.TryParse(reference, out var wanted) || await manifests.Find(image, wanted, cancellationToken) is not { } row)
            return ApiError.NotFound("Manifest");
        var manifest = await manifests.Read(image, row, cancellationToken);
        var children = await manifests.Children(image, manifest.Document?.Manifests ?? [], cancellationToken);
        var referrers = await manifests.Referrers(image, row.Address, after, ReferrersPerPage + 1, cancellationToken);
        var shown = new List<object>();
        foreach (var referrer in referrers.Take(ReferrersPerPage))
            shown.Add(Referrer(referrer, (await manifests.ReadDocument(referrer, cancellationToken))?.Annotations));
        var attached = await manifests.AttachedByTag(image, row.Address, cancellationToken);
        var next = referrers.Count > ReferrersPerPage ? referrers[ReferrersPerPage - 1].Address.ToString() : null;
        return Results.Json(View(manifest, children, shown, attached, next));
    }

    private static async Task<IResult> Compare(ImagesAccess access, long repository, HttpContext context, ProjectImages images, ImageManifests manifests)
    {
        var cancellationToken = context.RequestAborted;
        if (await images.Find(access, repository, cancellationToken) is not { } image)
            return ApiError.NotFound("Repository");
        var read = new List<ImageManifest>();
        foreach (var side in (string[])["from", "to"])
        {
            if (context.Request.Query[side].ToString() is not { Length: > 0 } name)
                return ApiError.BadRequest($"{side} is missing");
            if (!Reference.TryParse(name, out var reference) || await manifests.Find(image, reference, cancellationToken) is not { } row)
                return ApiError.NotFound("Manifest");
            read.Add(await manifests.Read(image, row, cancellationToken));
        }
        var (from, to) = (read[0], read[1]);
        var difference = ImageDifference.Of(from, to);
        return Results.Json(new
        {
            from = Side(from.Row),
            to = Side(to.Row),
            size_change = to.Row.TotalSize - from.Row.TotalSize,
            layers = difference.Layers.Select(change => new { change = change.Kind.ToString().ToLowerInvariant(), digest = change.Layer.Digest.ToString(), size = change.Layer.Size, media_type = change.Layer.MediaType }),
            config = difference.Config.Select(change => new { field = change.Field, name = change.Name, from = change.From, to = change.To }),
            platforms = difference.Platforms.Select(change => new { platform = change.Platform, from = change.From?.ToString(), to = change.To?.ToString() }),
        });
    }

    private static object Side(ImageManifestRow row) => new { digest = row.Address.ToString(), media_type = row.MediaType, total_size = row.TotalSize };

    private static object View(ImageManifest manifest, List<ImageChild> children, List<object> referrers, List<TaggedManifest> attached, string? next)
    {
        var (row, details) = (manifest.Row, (manifest.Config as ConfigContent.Read)?.Details);
        var layers = manifest.Document?.Layers ?? [];
        return new
        {
            digest = row.Address.ToString(),
            media_type = row.MediaType,
            artifact_type = row.ArtifactType,
            subject = row.Subject is null ? null : Digest.FromBytes(row.Subject).ToString(),
            size = row.Size,
            total_size = row.TotalSize,
            published_at = ApiTime.Of(row.PublishedAt),
            annotations = manifest.Document?.Annotations,
            config = manifest.Document?.Config is { } config ? new { digest = config.Digest.ToString(), media_type = config.MediaType, size = config.Size, state = State(manifest.Config), content = Config(details) } : null,
            layers = layers.Select(layer => new { digest = layer.Digest.ToString(), media_type = layer.MediaType, size = layer.Size, annotations = layer.Annotations }),
            history = BuildHistory.Of(layers, details?.History ?? []).Where(built => built.Step is not null).Select(built => new
            {
                layer = built.Layer?.Digest.ToString(),
                created_by = built.Step!.CreatedBy,
                comment = built.Step.Comment,
                created_at = Time(built.Step.Created),
            }),
            platforms = children.Where(child => child.AttestationOf is null).Select(child => new
            {
                platform = child.Platform,
                digest = child.Descriptor.Digest.ToString(),
                media_type = child.Descriptor.MediaType,
                total_size = child.Row?.TotalSize,
                present = child.Row is not null,
            }),
            attestations = children.Where(child => child.AttestationOf is not null).Select(child => new { digest = child.Descriptor.Digest.ToString(), of = child.AttestationOf!.Value.ToString() }),
            referrers,
            referrers_next = next,
            attached_by_tag = attached.Select(tag => new { tag = tag.Tag, digest = Digest.FromBytes(tag.Digest).ToString() }),
        };
    }

    private static object? Config(ImageConfigDetails? details) => details is null ? null : new
    {
        os = details.Facts.Os,
        architecture = details.Facts.Architecture,
        variant = details.Facts.Variant,
        created_at = Time(details.Facts.Created),
        author = details.Author,
        user = details.User,
        working_dir = details.WorkingDirectory,
        stop_signal = details.StopSignal,
        env = details.Environment,
        entrypoint = details.Entrypoint,
        cmd = details.Command,
        exposed_ports = details.Ports,
        volumes = details.Volumes,
        labels = details.Labels.DistinctBy(label => label.Key).ToDictionary(label => label.Key, label => label.Value),
    };

    private static string State(ConfigContent config) => config switch
    {
        ConfigContent.Read => "read",
        ConfigContent.None => "none",
        ConfigContent.Foreign => "foreign",
        ConfigContent.TooLarge => "too_large",
        ConfigContent.Missing => "missing",
        ConfigContent.Damaged => "damaged",
        _ => throw new ArgumentOutOfRangeException(nameof(config)),
    };

    private static object Referrer(ImageManifestRow row, IReadOnlyDictionary<string, string>? annotations) => new
    {
        digest = row.Address.ToString(),
        media_type = row.MediaType,
        artifact_type = row.ArtifactType,
        size = row.Size,
        total_size = row.TotalSize,
        published_at = ApiTime.Of(row.PublishedAt),
        annotations,
    };

    private static string? Time(DateTimeOffset? time) => ApiTime.Of(time is { } at ? Clock.Micros(at) : null);
}

using System.Text.Json;
using Berth.Oci;
using Berth.Server.Access;
using Berth.Server.Configuration;
using Berth.Server.Database;
using Berth.Server.Images;
using Berth.Server.Web.Pages;

namespace Berth.Server.Web;

/// <summary>Gathers what the pages of a manifest show, each list bounded.</summary>
internal sealed class ManifestPages(ImageManifests manifests, ImageTags tags, TagHistory history, ArtifactContents contents, BerthSettings settings, TimeProvider time)
{
    /// <summary>Bytes of a manifest that the page shows as JSON; larger ones are behind the link.</summary>
    private const int MaxShownJson = 32 * 1024;

    private const int MostTags = 20;
    private const int EventsAtOnce = 20;
    private const int ReferrersAtOnce = 10;

    /// <summary>Lines of a comparison.</summary>
    private const int MostChanges = 500;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly JsonSerializerOptions Words = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public TimeProvider Time => time;

    /// <summary>Null if there is no such tag or digest.</summary>
    public async Task<ManifestView?> Show(ProjectPageAccess access, ImageRow image, Reference reference, PartPlace place, CancellationToken cancellationToken)
    {
        if (await manifests.Find(image, reference, cancellationToken) is not { } row)
            return null;
        var manifest = await manifests.Read(image, row, cancellationToken);
        var head = ImageHeads.Of(access, settings, image);
        var details = (manifest.Config as ConfigContent.Read)?.Details;
        var view = new ManifestView(ProjectHeads.Of(access, settings, "images"), head, reference.Tag?.ToString(), row.Address.ToString(), row.MediaType, row.TotalSize, row.PublishedAt)
        {
            Part = place.Part,
            Kind = Kind(manifest),
            ArtifactType = manifest.Config is ConfigContent.Foreign ? row.ArtifactType : null,
            Subject = row.Subject is null ? null : Digest.FromBytes(row.Subject).ToString(),
            Platform = row.Platform,
            CreatedAt = row.ImageCreatedAt,
            Problem = Problem(manifest),
            HasConfig = manifest.Document?.Config is not null,
        };
        view = WithDocument(view, manifest, details, place);
        view = await WithTag(view, access, image, reference, row, place, cancellationToken);
        return await WithNeighbours(view, image, manifest, place, cancellationToken);
    }

    public async Task<CompareView> Compare(ProjectPageAccess access, ImageRow image, string from, string to, CancellationToken cancellationToken)
    {
        var head = ImageHeads.Of(access, settings, image);
        var view = new CompareView(ProjectHeads.Of(access, settings, "images"), head, from, to);
        var sides = new List<ImageManifest>();
        foreach (var name in (string[])[from, to])
        {
            if (name.Length == 0)
                return view with { Problem = "Name two tags or digests to compare." };
            if (!Reference.TryParse(name, out var reference) || await manifests.Find(image, reference, cancellationToken) is not { } row)
                return view with { Problem = $"{(name.Length > 100 ? name[..100] + "…" : name)} is not here: there is no such tag or digest, or it was deleted." };
            sides.Add(await manifests.Read(image, row, cancellationToken));
        }
        var difference = ImageDifference.Of(sides[0], sides[1]);
        return view with
        {
            Old = Side(sides[0]),
            New = Side(sides[1]),
            Layers = [.. difference.Layers.Take(MostChanges).Select(change => new LayerChangeLine(Word(change.Kind), change.Layer.Digest.ToString(), change.Layer.Size))],
            LayerCount = difference.Layers.Count,
            Config = [.. difference.Config.Take(MostChanges).Select(change => new ConfigChangeLine(change.Field, change.Name, change.From, change.To))],
            ConfigCount = difference.Config.Count,
            Platforms = [.. difference.Platforms.Take(MostChanges).Select(change => Line(head, change))],
        };
    }

    private static CompareSide Side(ImageManifest manifest) => new(manifest.Row.Address.ToString(), manifest.Row.TotalSize, Problem(manifest));

    private static string Word(ChangeKind kind) => kind == ChangeKind.Same ? "common" : kind.ToString().ToLowerInvariant();

    private static PlatformChangeLine Line(ImageHead head, PlatformChange change) => change switch
    {
        { From: null } => new(change.Platform, "added", null),
        { To: null } => new(change.Platform, "removed", null),
        _ when change.From == change.To => new(change.Platform, "same", null),
        _ => new(change.Platform, "changed", head.Compare(change.From.Value.ToString(), change.To.Value.ToString())),
    };

    private static ManifestView WithDocument(ManifestView view, ImageManifest manifest, ImageConfigDetails? details, PartPlace place)
    {
        var layers = manifest.Document?.Layers ?? [];
        var built = manifest.Config is ConfigContent.Foreign ? BuildHistory.Of(layers, []) : BuildHistory.Of(layers, details?.History ?? []);
        var number = 0;
        List<LayerLine> lines = [.. built.Select(one => new LayerLine(
            one.Layer is null ? null : ++number, one.Layer?.Digest.ToString(), one.Layer?.Size ?? 0, one.Layer?.MediaType, one.Step is null ? null : BuildHistory.Instruction(one.Step), one.Step?.Comment))];
        return view with
        {
            LayerSizes = [.. layers.Select(layer => layer.Size)],
            Layers = place.Of("layers", lines, view.Url),
            HistoryDiffers = details is { History.Count: > 0 } && !BuildHistory.Fits(layers, details.History),
            Config = details is null || place.Part is not null ? [] : [.. Facts(details)],
            Environment = List(place.Of("env", [.. (details?.Environment ?? []).Select(Variable)], view.Url)),
            Labels = List(place.Of("labels", [.. (details?.Labels ?? []).Select(label => new Entry(label.Key, label.Value))], view.Url)),
            Annotations = List(place.Of("annotations", [.. (manifest.Document?.Annotations ?? new Dictionary<string, string>()).Select(one => new Entry(one.Key, one.Value))], view.Url)),
            Json = place.Part is null && manifest.Json is { Length: <= MaxShownJson } json ? Indent(json) : null,
        };
    }

    private async Task<ManifestView> WithTag(ManifestView view, ProjectPageAccess access, ImageRow image, Reference reference, ImageManifestRow row, PartPlace place, CancellationToken cancellationToken)
    {
        var others = await manifests.TagsOf(image, row.Address, "", MostTags + 1, cancellationToken);
        view = view with { Tags = [.. others.Where(tag => tag != view.Tag).Take(MostTags)] };
        if (reference.Tag is null || await tags.Find(image, reference.ToString(), cancellationToken) is not { } tag)
            return view;
        view = view with { By = ImageHeads.By(access, tag.Username, tag.Credential), From = ImageHeads.From(access, tag.JobId, tag.JobName, tag.PipelineId, tag.Ref, tag.Sha), IsSigned = tag.Signature is not null };
        if (place.Part is not (null or "history"))
            return view;
        // The last event of the page before is read once more: it may have ended what the first one of this page began.
        var last = place.Part is not null && long.TryParse(place.From, out var id) ? id : long.MaxValue;
        var events = await history.OfTag(image, tag.Tag, last == long.MaxValue ? last : last + 1, EventsAtOnce + 2, cancellationToken);
        var shown = events.Where(one => one.Id < last).Take(EventsAtOnce).ToList();
        var next = shown.Count > 0 && events[^1].Id < shown[^1].Id ? PartPlace.Url(view.Url, "history", $"{shown[^1].Id}") : null;
        return view with { Events = new Part<TagEventLine>([.. shown.Select(one => Line(access, view.Image, one, EndOf(one, events, tag.Digest)))], null, next) };
    }

    private async Task<ManifestView> WithNeighbours(ManifestView view, ImageRow image, ImageManifest manifest, PartPlace place, CancellationToken cancellationToken)
    {
        var children = place.Of("platforms", manifest.Document?.Manifests ?? [], view.Url);
        var rows = await manifests.Children(image, children.Lines, cancellationToken);
        view = view with { Platforms = new Part<PlatformLine>([.. rows.Select(child => Line(view.Image, child))], children.Total, children.Next) };
        if (place.Part is not (null or "referrers"))
            return view;
        Digest? after = place.Part is not null && Digest.TryParse(place.From, out var last) ? last : null;
        var referrers = await manifests.Referrers(image, manifest.Row.Address, after, ReferrersAtOnce + 1, cancellationToken);
        var next = referrers.Count > ReferrersAtOnce ? PartPlace.Url(view.Url, "referrers", referrers[ReferrersAtOnce - 1].Address.ToString()) : null;
        var attached = after is null ? await manifests.AttachedByTag(image, manifest.Row.Address, cancellationToken) : [];
        return view with
        {
            Referrers = new Part<ReferrerLine>(await contents.Lines(view.Image, image, referrers.Take(ReferrersAtOnce), cancellationToken), null, next),
            Attached = [.. attached.Select(tag => new AttachedTag(tag.Tag, ArtifactWords.OfTag(tag.Tag)))],
            IsSigned = view.IsSigned || attached.Any(tag => tag.Tag == CosignTags.SignatureOf(manifest.Row.Address))
                || referrers.Any(referrer => CosignTags.SignatureTypes.Contains(referrer.ArtifactType)),
            Contents = place.Part is null && manifest.Config is ConfigContent.Foreign ? await contents.Texts(image, manifest.Document!, ArtifactContents.LargestShown, cancellationToken) : [],
        };
    }

    private static PlatformLine Line(ImageHead head, ImageChild child) => new(
        child.Platform, child.Descriptor.Digest.ToString(), child.Row is null ? null : head.Manifest(child.Descriptor.Digest.ToString()), child.Row?.TotalSize, child.AttestationOf?.ToString());

    /// <summary>The event that ended what one began, if that can be put back.</summary>
    private long? EndOf(TagEventRow row, List<TagEventRow> events, byte[] current) => row.Digest is { } digest && !digest.AsSpan().SequenceEqual(current)
        ? events.LastOrDefault(later => later.Id > row.Id && later.KeepUntil > time.Micros() && digest.AsSpan().SequenceEqual(later.PreviousDigest))?.Id
        : null;

    private static TagEventLine Line(ProjectPageAccess access, ImageHead head, TagEventRow row, long? endedBy)
    {
        var (digest, previous) = (Text(row.Digest), Text(row.PreviousDigest));
        return new TagEventLine(Word(row.Action), digest, previous, row.At, ImageHeads.By(access, row.Username, null),
            ImageHeads.From(access, row.JobId, row.JobName, row.PipelineId, row.Ref, row.Sha), digest is not null && previous is not null ? head.Compare(previous, digest) : null, endedBy);
    }

    private static string? Text(byte[]? digest) => digest is null ? null : Digest.FromBytes(digest).ToString();

    private static string Word(long action) => action switch
    {
        1 => "pushed",
        2 => "moved here",
        3 => "deleted",
        4 => "deleted with its manifest",
        _ => "restored",
    };

    private static string Kind(ImageManifest manifest) => manifest.Row.IsIndex ? "index" : manifest.Config is ConfigContent.Foreign ? "artifact" : "image";

    private static string? Problem(ImageManifest manifest) => manifest switch
    {
        { Json: null } => "The database does not have this manifest as it was pushed, so nothing of it can be shown. Pushing it again heals it.",
        { Document: null } => "This manifest cannot be read: an older version of Berth took what this one would not.",
        { Config: ConfigContent.Missing } => "The config of this image is not there, or its bytes are damaged; pushing the image again heals it. The layers are those that the manifest names.",
        { Config: ConfigContent.Damaged } => "The config of this image is no JSON that can be read, so nothing of it is shown. The layers are those that the manifest names.",
        { Config: ConfigContent.TooLarge large } => $"The config of this image has {BinarySize.Of(large.Size)}; more than {BinarySize.Of(OciLimits.MaxConfigBytes)} are not read. The layers are those that the manifest names.",
        _ => null,
    };

    private static IEnumerable<Entry> Facts(ImageConfigDetails details)
    {
        if (details.Entrypoint.Count > 0)
            yield return new Entry("Entrypoint", JsonSerializer.Serialize(details.Entrypoint, Words));
        if (details.Command.Count > 0)
            yield return new Entry("Command", JsonSerializer.Serialize(details.Command, Words));
        if (details.WorkingDirectory is { } directory)
            yield return new Entry("Working directory", directory);
        if (details.User is { } user)
            yield return new Entry("User", user);
        if (details.Ports.Count > 0)
            yield return new Entry("Ports", string.Join(", ", details.Ports));
        if (details.Volumes.Count > 0)
            yield return new Entry("Volumes", string.Join(", ", details.Volumes));
        if (details.StopSignal is { } signal)
            yield return new Entry("Stop signal", signal);
        if (details.Author is { } author)
            yield return new Entry("Author", author);
    }

    private static Entry Variable(string text)
    {
        var parts = text.Split('=', 2);
        return new Entry(parts[0], parts.Length == 2 ? parts[1] : "");
    }

    private static EntryList List(Part<Entry> part) => new(part.Lines, part.Total ?? 0, part.Next);

    private static string Indent(byte[] json)
    {
        using var document = JsonDocument.Parse(json);
        return JsonSerializer.Serialize(document.RootElement, Indented);
    }
}

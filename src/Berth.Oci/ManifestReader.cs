using System.Collections.Frozen;
using System.Text.Json;

namespace Berth.Oci;

/// <summary>The rules of a manifest over its JSON. One reader reads one document, since it counts the descriptors.</summary>
internal sealed class ManifestReader
{
    private const string TakenTypes =
        $"{MediaTypes.OciManifest}, {MediaTypes.OciIndex}, {MediaTypes.DockerManifest} or {MediaTypes.DockerManifestList}";

    private static readonly FrozenSet<string> DocumentFields = Names(
        "schemaVersion", "mediaType", "artifactType", "config", "layers", "manifests", "subject", "annotations", "fsLayers", "history",
        "signatures");

    private static readonly FrozenSet<string> DescriptorFields =
        Names("mediaType", "digest", "size", "urls", "annotations", "data", "artifactType", "platform");

    private static readonly FrozenSet<string> PlatformFields = Names("os", "architecture", "variant", "os.version", "os.features");

    private int _descriptors;

    public ManifestDocument Read(JsonElement root, string? contentType)
    {
        var fields = new JsonFields(root, "", DocumentFields);
        RefuseOtherSchemas(fields, contentType);
        var mediaType = MediaTypeOf(fields, contentType);
        return MediaTypes.IsIndex(mediaType) ? ReadIndex(fields, mediaType) : ReadImage(fields, mediaType);
    }

    private static FrozenSet<string> Names(params string[] names) => names.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static void RefuseOtherSchemas(JsonFields fields, string? contentType)
    {
        var hasVersion = fields.TryGet("schemaVersion", out var version);
        var isNumber = hasVersion && version.ValueKind == JsonValueKind.Number;
        if (isNumber && version.GetRawText() == "1" || IsSchema1(fields, contentType))
        {
            throw new ManifestInvalidException(
                "This is a Docker schema 1 manifest (schemaVersion 1, fsLayers, history or signatures), which is not taken any more; "
                + "push Docker schema 2 or OCI, for example by skopeo copy --format=oci.");
        }
        if (!hasVersion)
            throw new ManifestInvalidException("schemaVersion is missing; it must be 2.");
        if (!isNumber || version.GetRawText() != "2")
            throw new ManifestInvalidException($"schemaVersion is {JsonFields.Quote(version.GetRawText())}; it must be the number 2.");
    }

    private static bool IsSchema1(JsonFields fields, string? contentType) =>
        contentType?.Contains("distribution.manifest.v1+", StringComparison.OrdinalIgnoreCase) == true
        || fields.Has("fsLayers") || fields.Has("history") || fields.Has("signatures");

    private static string MediaTypeOf(JsonFields fields, string? contentType)
    {
        var sent = string.IsNullOrWhiteSpace(contentType)
            ? null
            : MediaTypes.ManifestOf(contentType) ?? throw new ManifestInvalidException(
                $"Content-Type {JsonFields.Quote(contentType)} is no manifest type; send {TakenTypes}.");
        if (fields.Text("mediaType") is not { } body)
        {
            return sent ?? throw new ManifestInvalidException(
                $"Neither Content-Type nor mediaType tells what the manifest is; send {TakenTypes}.");
        }
        var inside = MediaTypes.IsManifest(body)
            ? MediaTypes.ManifestOf(body)
            : throw new ManifestInvalidException($"mediaType {JsonFields.Quote(body)} is no manifest type; write {TakenTypes}.");
        return sent is null || sent == inside
            ? inside!
            : throw new ManifestInvalidException(
                $"mediaType is {inside} but Content-Type is {sent}; a manifest is one thing only: send the same in both.");
    }

    private ManifestDocument ReadImage(JsonFields fields, string mediaType)
    {
        Refuse(fields, mediaType, "manifests");
        return new ManifestDocument
        {
            MediaType = mediaType,
            ArtifactType = fields.MediaType("artifactType"),
            Config = ReadOptional(fields, "config")
                ?? throw new ManifestInvalidException(
                    $"config is missing; {mediaType} needs a descriptor there, of type {MediaTypes.Empty} if there is nothing to say."),
            Layers = ReadArray(fields, "layers", mediaType),
            Subject = ReadOptional(fields, "subject"),
            Annotations = fields.Annotations("annotations"),
        };
    }

    private ManifestDocument ReadIndex(JsonFields fields, string mediaType)
    {
        Refuse(fields, mediaType, "layers");
        Refuse(fields, mediaType, "config");
        return new ManifestDocument
        {
            MediaType = mediaType,
            ArtifactType = fields.MediaType("artifactType"),
            Manifests = ReadArray(fields, "manifests", mediaType),
            Subject = ReadOptional(fields, "subject"),
            Annotations = fields.Annotations("annotations"),
        };
    }

    // A document that one client reads as an image and another as an index has two meanings under one digest: CVE-2021-41190.
    private static void Refuse(JsonFields fields, string mediaType, string foreign)
    {
        if (fields.Has(foreign))
        {
            throw new ManifestInvalidException(
                $"{foreign} stands in a {mediaType}; a manifest is an image (config, layers) or an index (manifests), not both.");
        }
    }

    /// <summary>The array must be there, but Go writes an empty one as <c>null</c> too.</summary>
    private IReadOnlyList<Descriptor> ReadArray(JsonFields fields, string name, string mediaType)
    {
        if (!fields.TryGet(name, out var array))
        {
            return array.ValueKind == JsonValueKind.Null
                ? []
                : throw new ManifestInvalidException($"{name} is missing; {mediaType} needs an array there, which may be empty.");
        }
        if (array.ValueKind != JsonValueKind.Array)
            throw fields.WrongKind(name, array, "an array of descriptors");
        var descriptors = new List<Descriptor>(Math.Min(array.GetArrayLength(), OciLimits.MaxManifestDescriptors));
        foreach (var item in array.EnumerateArray())
            descriptors.Add(ReadDescriptor(item, $"{name}[{descriptors.Count}]"));
        return descriptors;
    }

    private Descriptor? ReadOptional(JsonFields fields, string name) =>
        fields.TryGet(name, out var element) ? ReadDescriptor(element, name) : null;

    private Descriptor ReadDescriptor(JsonElement element, string path)
    {
        if (++_descriptors > OciLimits.MaxManifestDescriptors)
        {
            throw new ManifestInvalidException(
                $"The manifest holds more than {OciLimits.MaxManifestDescriptors} descriptors; split it, for example by an index of indexes.");
        }
        var fields = new JsonFields(element, path, DescriptorFields);
        var mediaType = fields.MediaType("mediaType")
            ?? throw new ManifestInvalidException($"{path}.mediaType is missing or empty; every descriptor needs one.");
        return new Descriptor(mediaType, ReadDigest(fields, path), ReadSize(fields, path))
        {
            ArtifactType = fields.MediaType("artifactType"),
            Urls = fields.Texts("urls"),
            Platform = fields.TryGet("platform", out var platform) ? ReadPlatform(platform, $"{path}.platform") : null,
            Annotations = fields.Annotations("annotations"),
        };
    }

    private static Digest ReadDigest(JsonFields fields, string path)
    {
        var text = fields.Text("digest")
            ?? throw new ManifestInvalidException($"{path}.digest is missing or empty; every descriptor needs one.");
        return Digest.TryParse(text, out var digest)
            ? digest
            : throw new ManifestInvalidException(
                $"{path}.digest {JsonFields.Quote(text)} is no digest; write sha256: and 64, or sha512: and 128, lower-case hex digits.");
    }

    private static long ReadSize(JsonFields fields, string path)
    {
        if (!fields.TryGet("size", out var size))
            throw new ManifestInvalidException($"{path}.size is missing; write the number of bytes.");
        return size.ValueKind == JsonValueKind.Number && size.TryGetInt64(out var bytes) && bytes >= 0
            ? bytes
            : throw new ManifestInvalidException(
                $"{path}.size is {JsonFields.Quote(size.GetRawText())}; write the number of bytes, a whole number from 0 to {long.MaxValue}.");
    }

    private static Platform ReadPlatform(JsonElement element, string path)
    {
        var fields = new JsonFields(element, path, PlatformFields);
        return new Platform(fields.Text("os") ?? "", fields.Text("architecture") ?? "", fields.Text("variant"), fields.Text("os.version"));
    }
}

using Berth.Oci;

namespace Berth.Server.Images;

/// <summary>How one manifest of a repository differs from another.</summary>
internal sealed record ImageDifference(IReadOnlyList<LayerChange> Layers, IReadOnlyList<ConfigChange> Config, IReadOnlyList<PlatformChange> Platforms)
{
    /// <summary>Layers by place and digest; what the config says, entry by entry; of indexes the children by platform.</summary>
    public static ImageDifference Of(ImageManifest from, ImageManifest to) => new(
        LayersOf(from.Document?.Layers ?? [], to.Document?.Layers ?? []),
        ConfigOf((from.Config as ConfigContent.Read)?.Details, (to.Config as ConfigContent.Read)?.Details),
        PlatformsOf(from.Document?.Manifests ?? [], to.Document?.Manifests ?? []));

    /// <summary>The new image's layers in their order, then those that only the old one has.</summary>
    private static List<LayerChange> LayersOf(IReadOnlyList<Descriptor> from, IReadOnlyList<Descriptor> to)
    {
        var left = from.GroupBy(layer => layer.Digest).ToDictionary(same => same.Key, same => same.Count());
        var changes = new List<LayerChange>();
        foreach (var layer in to)
        {
            var isCommon = left.GetValueOrDefault(layer.Digest) is > 0 and var count && (left[layer.Digest] = count - 1) >= 0;
            changes.Add(new LayerChange(isCommon ? ChangeKind.Same : ChangeKind.Added, layer));
        }
        foreach (var layer in from)
        {
            if (left[layer.Digest] == 0)
                continue;
            left[layer.Digest]--;
            changes.Add(new LayerChange(ChangeKind.Removed, layer));
        }
        return changes;
    }

    private static List<ConfigChange> ConfigOf(ImageConfigDetails? from, ImageConfigDetails? to)
    {
        if (from is null && to is null)
            return [];
        var (old, now) = (Entries(from), Entries(to));
        return [.. old.Keys.Union(now.Keys).Where(key => old.GetValueOrDefault(key) != now.GetValueOrDefault(key))
            .Select(key => new ConfigChange(key.Field, key.Name, old.GetValueOrDefault(key), now.GetValueOrDefault(key)))
            .OrderBy(change => change.Field, StringComparer.Ordinal).ThenBy(change => change.Name, StringComparer.Ordinal)];
    }

    private static Dictionary<(string Field, string Name), string> Entries(ImageConfigDetails? details)
    {
        var entries = new Dictionary<(string, string), string>();
        if (details is null)
            return entries;
        void Add(string field, string name, string? value)
        {
            if (value is not null)
                entries[(field, name)] = value;
        }
        Add("author", "", details.Author);
        Add("platform", "", details.Facts is { Os: { } os, Architecture: { } architecture } ? $"{os}/{architecture}{(details.Facts.Variant is { } variant ? "/" + variant : "")}" : null);
        Add("user", "", details.User);
        Add("workdir", "", details.WorkingDirectory);
        Add("stop signal", "", details.StopSignal);
        Add("entrypoint", "", details.Entrypoint.Count == 0 ? null : string.Join(' ', details.Entrypoint));
        Add("cmd", "", details.Command.Count == 0 ? null : string.Join(' ', details.Command));
        foreach (var variable in details.Environment)
        {
            var parts = variable.Split('=', 2);
            Add("env", parts[0], parts.Length == 2 ? parts[1] : "");
        }
        foreach (var port in details.Ports)
            Add("port", port, "");
        foreach (var volume in details.Volumes)
            Add("volume", volume, "");
        foreach (var (name, value) in details.Labels)
            Add("label", name, value);
        return entries;
    }

    private static List<PlatformChange> PlatformsOf(IReadOnlyList<Descriptor> from, IReadOnlyList<Descriptor> to)
    {
        var (old, now) = (ByPlatform(from), ByPlatform(to));
        return [.. old.Keys.Union(now.Keys).Order(StringComparer.Ordinal).Select(platform => new PlatformChange(platform, old.GetValueOrDefault(platform), now.GetValueOrDefault(platform)))];
    }

    /// <summary>Without attestations, which are of one digest and so never the same.</summary>
    private static Dictionary<string, Digest?> ByPlatform(IReadOnlyList<Descriptor> children)
    {
        var byPlatform = new Dictionary<string, Digest?>(StringComparer.Ordinal);
        foreach (var child in children.Select(descriptor => new ImageChild(descriptor, null)).Where(child => child.AttestationOf is null))
            byPlatform.TryAdd(child.Platform ?? child.Descriptor.Digest.ToString(), child.Descriptor.Digest);
        return byPlatform;
    }
}

internal enum ChangeKind
{
    Same,
    Added,
    Removed,
}

internal sealed record LayerChange(ChangeKind Kind, Descriptor Layer);

/// <summary>An entry of the config: null where an image does not have it. <c>Name</c>: of the variable, label, port; empty for what there is one of.</summary>
internal sealed record ConfigChange(string Field, string Name, string? From, string? To);

/// <summary>A child of an index; null where an index does not have it.</summary>
internal sealed record PlatformChange(string Platform, Digest? From, Digest? To);

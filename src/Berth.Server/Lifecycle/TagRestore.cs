using Berth.Oci;

namespace Berth.Server.Lifecycle;

/// <summary>What became of a tag that was to be restored.</summary>
internal abstract record TagRestore
{
    private TagRestore()
    {
    }

    /// <summary>It stands for this again, or did already.</summary>
    internal sealed record Restored(Digest Digest) : TagRestore;

    /// <summary>Nothing is kept of such a tag, or there is no such repository.</summary>
    internal sealed record NotFound : TagRestore;

    /// <summary>The tag is there and stands for something else.</summary>
    internal sealed record Taken(Digest Current) : TagRestore;

    /// <summary>What it stood for needs content that is kept no more.</summary>
    internal sealed record Gone(IReadOnlyList<Digest> Missing) : TagRestore;
}

/// <summary>What became of a manifest that was to be restored.</summary>
internal abstract record ManifestRestore
{
    private ManifestRestore()
    {
    }

    /// <param name="Tags">Those that ended with it.</param>
    internal sealed record Restored(IReadOnlyList<RestoredTag> Tags) : ManifestRestore;

    internal sealed record NotFound : ManifestRestore;

    /// <summary>It, or what it needs, is kept no more.</summary>
    internal sealed record Gone(IReadOnlyList<Digest> Missing) : ManifestRestore;
}

using Berth.Oci;
using Berth.Server.Http;

namespace Berth.Server.Distribution;

/// <summary>A manifest as a client puts it.</summary>
/// <param name="Reference">The URL's: a tag, or the digest that the content must have.</param>
/// <param name="Tags">Further tags, with a digest alone.</param>
/// <param name="Condition">On what the reference stands for now.</param>
/// <param name="ContentType">The header, if any.</param>
/// <param name="Content">The bytes, which are kept as they are.</param>
internal sealed record ManifestUpload(Reference Reference, IReadOnlyList<Tag> Tags, WriteCondition Condition, string? ContentType, ReadOnlyMemory<byte> Content)
{
    /// <summary>All tags that are to point at the manifest.</summary>
    public IEnumerable<Tag> AllTags => Reference.Tag is { } tag ? [tag] : Tags;
}

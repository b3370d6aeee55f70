using System.Buffers;
using Berth.Oci;

namespace Berth.Server.Storage;

/// <summary>
/// The names that the disk store uses; drawn in this folder's README. They come from digests and checked ids only, so
/// nothing that a client chose leads out of the root.
/// </summary>
internal sealed class DiskLayout
{
    private const int ShortestId = 16;
    private const int LongestId = 64;
    private const string Data = "data";

    private static readonly SearchValues<char> IdCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789");

    public DiskLayout(string root)
    {
        Root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(root));
        Uploads = Path.Join(Root, "uploads");
        Blobs = Path.Join(Root, "docker/registry/v2/blobs");
        Objects = Path.Join(Root, "objects");
    }

    public string Root { get; }

    public string Uploads { get; }

    public string Blobs { get; }

    public string Objects { get; }

    /// <summary>The directories with the fan-out of one algorithm each.</summary>
    public IEnumerable<string> Algorithms => Enum.GetValues<DigestAlgorithm>().Select(algorithm => $"{Blobs}/{NameOf(algorithm)}");

    /// <exception cref="ArgumentException">The id is not 16 to 64 of <c>[a-z0-9]</c>.</exception>
    public string Upload(string id) =>
        IsUploadId(id) ? $"{Uploads}/{id}" : throw new ArgumentException("This is no id of an upload.", nameof(id));

    /// <summary>An object keeps the id of its upload; its first two characters are its directory.</summary>
    /// <exception cref="ArgumentException">The location is no id of an upload.</exception>
    public string Object(string location) => IsUploadId(location)
        ? $"{Objects}/{location[..2]}/{location}"
        : throw new ArgumentException("This is no location of an object.", nameof(location));

    /// <summary>The directory that takes the blob's directory: one of 256 per algorithm.</summary>
    public string FanOut(Digest digest) => $"{Blobs}/{NameOf(digest.Algorithm)}/{digest.Hex[..2]}";

    public string BlobDirectory(Digest digest) => $"{Blobs}/{NameOf(digest.Algorithm)}/{digest.Hex[..2]}/{digest.Hex}";

    public string Blob(Digest digest) => $"{Blobs}/{NameOf(digest.Algorithm)}/{digest.Hex[..2]}/{digest.Hex}/{Data}";

    public static bool IsUploadId(string id) =>
        id.Length is >= ShortestId and <= LongestId && !id.AsSpan().ContainsAnyExcept(IdCharacters);

    /// <summary>The digest whose blob has its directory at this path; false for what the layout doesn't know.</summary>
    public bool TryReadDigest(string blobDirectory, out Digest digest)
    {
        var fanOut = Path.GetDirectoryName(blobDirectory.AsSpan());
        var algorithm = Path.GetFileName(Path.GetDirectoryName(fanOut));
        return Digest.TryParse($"{algorithm}:{Path.GetFileName(blobDirectory.AsSpan())}", out digest)
            && BlobDirectory(digest) == blobDirectory;
    }

    private static string NameOf(DigestAlgorithm algorithm) => algorithm switch
    {
        DigestAlgorithm.Sha256 => "sha256",
        DigestAlgorithm.Sha512 => "sha512",
        _ => throw new ArgumentOutOfRangeException(nameof(algorithm)),
    };
}

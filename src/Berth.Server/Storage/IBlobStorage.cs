using Berth.Oci;

namespace Berth.Server.Storage;

/// <summary>
/// Where the bytes of blobs live. It knows nothing of repositories or rights; the database says who may read what.
/// Every implementation passes the contract suite of the tests.
/// </summary>
/// <remarks>
/// Faults: <see cref="StorageFullException"/> where there is no room left; any other <see cref="IOException"/> where the
/// medium fails. Neither loses a blob that was committed.
/// </remarks>
internal interface IBlobStorage
{
    /// <summary>Throws <see cref="StorageFullException"/> if <paramref name="bytes"/> more would leave less than the setting MinimumFreeSpace.</summary>
    void EnsureRoom(long bytes);

    /// <summary>
    /// Opens the staged bytes of an upload for appending at <paramref name="offset"/>; what stands behind the offset is cut off.
    /// The bytes are made at offset 0.
    /// </summary>
    /// <exception cref="UploadLostException">Fewer bytes are there than <paramref name="offset"/> (after a power loss).</exception>
    IStagedUpload OpenUpload(string uploadId, long offset);

    /// <summary>Opens the staged bytes for reading. The caller disposes the reader.</summary>
    /// <exception cref="UploadLostException">Nothing is staged under this id.</exception>
    IBlobReader ReadUpload(string uploadId);

    /// <summary>How many bytes are staged; -1 if nothing is.</summary>
    long UploadLength(string uploadId);

    /// <summary>Removes what is staged, if anything is.</summary>
    void DeleteUpload(string uploadId);

    /// <summary>
    /// Makes the staged bytes the content of <paramref name="digest"/>, which the caller has checked. When the task ends, they
    /// survive a power loss. A blob that stands there already is replaced. Not to be cancelled.
    /// </summary>
    /// <returns>The location to keep in the blob's row and to hand to the methods below.</returns>
    Task<string> CommitUpload(string uploadId, long length, Digest digest);

    /// <summary>Opens a blob; null if it is not there. The caller disposes the reader.</summary>
    IBlobReader? OpenBlob(Digest digest, string location);

    /// <summary>Removes a blob, if it is there.</summary>
    void DeleteBlob(Digest digest, string location);

    /// <summary>All blobs, in no order, with what fsck needs to find those without a row.</summary>
    IEnumerable<(Digest Digest, string Location, long Length)> ListBlobs();

    /// <summary>The ids of all staged uploads, in no order.</summary>
    IEnumerable<string> ListUploads();
}

/// <summary>The staged bytes of one upload, open for appending. One writer at a time.</summary>
internal interface IStagedUpload : IDisposable
{
    /// <summary>Where the next byte goes.</summary>
    long Offset { get; }

    /// <summary>Appends <paramref name="bytes"/>; when it returns they survive the end of the process, not yet a power loss.</summary>
    void Append(ReadOnlySpan<byte> bytes);
}

/// <summary>A blob open for reading at any offset. It stays readable when the blob is deleted meanwhile.</summary>
internal interface IBlobReader : IDisposable
{
    long Length { get; }

    /// <summary>Reads up to the length of <paramref name="buffer"/> at <paramref name="offset"/>; 0 at the end.</summary>
    ValueTask<int> Read(Memory<byte> buffer, long offset, CancellationToken cancellationToken);
}

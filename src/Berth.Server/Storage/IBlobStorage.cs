using Berth.Oci;

namespace Berth.Server.Storage;

/// <summary>
/// Where the bytes of blobs live. It knows nothing of repositories or rights; the database says who may read what.
/// Every implementation passes the contract suite of the tests.
/// </summary>
/// <remarks>
/// Faults: <see cref="StorageFullException"/> where there is no room left; any other <see cref="IOException"/> where the
/// medium fails. Neither loses a blob that was committed. An upload's id is 16 to 64 of <c>[a-z0-9]</c>; anything else is
/// refused with an <see cref="ArgumentException"/>, so that no id of another origin becomes a name in the store.
/// </remarks>
internal interface IBlobStorage
{
    /// <summary>
    /// Throws <see cref="StorageFullException"/> if <paramref name="bytes"/> more would leave less than the setting
    /// MinimumFreeSpace. Cheap enough to be asked for each request; what it knows may be a second old.
    /// </summary>
    void EnsureRoom(long bytes);

    /// <summary>
    /// Opens the staged bytes of an upload for appending at <paramref name="offset"/>; what stands behind the offset is cut off.
    /// The bytes are made at offset 0. The caller disposes the upload.
    /// </summary>
    /// <exception cref="UploadLostException">Fewer bytes are there than <paramref name="offset"/> (after a power loss).</exception>
    /// <exception cref="UploadBusyException">Another writer has them open.</exception>
    ValueTask<IStagedUpload> OpenUpload(string uploadId, long offset, CancellationToken cancellationToken);

    /// <summary>Opens the staged bytes for reading, also while a writer has them open. The caller disposes the reader.</summary>
    /// <exception cref="UploadLostException">Nothing is staged under this id.</exception>
    ValueTask<IBlobReader> ReadUpload(string uploadId, CancellationToken cancellationToken);

    /// <summary>How many bytes are staged; -1 if nothing is.</summary>
    ValueTask<long> UploadLength(string uploadId, CancellationToken cancellationToken);

    /// <summary>Removes what is staged, if anything is. A writer that has it open writes into the void.</summary>
    ValueTask DeleteUpload(string uploadId, CancellationToken cancellationToken);

    /// <summary>
    /// Makes the first <paramref name="length"/> staged bytes the content of <paramref name="digest"/>, which the caller has
    /// checked; what stands behind them is cut off. When the task ends, they survive a power loss and nothing is staged any
    /// more. A blob that stands there already is replaced in one step. Not to be cancelled.
    /// </summary>
    /// <returns>The location to keep in the blob's row and to hand to the methods below.</returns>
    /// <exception cref="UploadLostException">Fewer bytes are staged than <paramref name="length"/>, or none.</exception>
    /// <exception cref="UploadBusyException">A writer still has them open.</exception>
    Task<string> CommitUpload(string uploadId, long length, Digest digest);

    /// <summary>
    /// Ends a <see cref="CommitUpload"/> that was cut off, by a kill or a fault, after the staged bytes had become the blob. When
    /// the task ends, they survive a power loss. Not to be cancelled.
    /// </summary>
    /// <returns>The location; null if bytes are still staged, or the blob is not there in this length.</returns>
    Task<string?> ResumeCommit(string uploadId, long length, Digest digest);

    /// <summary>Opens a blob; null if it is not there. The caller disposes the reader.</summary>
    ValueTask<IBlobReader?> OpenBlob(Digest digest, string location, CancellationToken cancellationToken);

    /// <summary>
    /// Removes a blob, if it is there. It may come back after a power loss. The caller keeps it apart from a
    /// <see cref="CommitUpload"/> of the same digest: where both have one location, the later of the two wins.
    /// </summary>
    ValueTask DeleteBlob(Digest digest, string location, CancellationToken cancellationToken);

    /// <summary>
    /// Makes the first <paramref name="length"/> staged bytes an object that belongs to one row of the database, as an artifact
    /// or a finished log does: not found by digest, not shared, not collected. Durable and not to be cancelled, as a blob's commit.
    /// </summary>
    /// <returns>The location to keep in the row and to hand to the methods below.</returns>
    /// <exception cref="UploadLostException">Fewer bytes are staged than <paramref name="length"/>, or none.</exception>
    /// <exception cref="UploadBusyException">A writer still has them open.</exception>
    Task<string> CommitObject(string uploadId, long length);

    /// <summary>Opens an object; null if it is not there. The caller disposes the reader.</summary>
    ValueTask<IBlobReader?> OpenObject(string location, CancellationToken cancellationToken);

    /// <summary>Removes an object, if it is there. It may come back after a power loss.</summary>
    ValueTask DeleteObject(string location, CancellationToken cancellationToken);

    /// <summary>All blobs, in no order, with what fsck needs to find those without a row.</summary>
    IAsyncEnumerable<(Digest Digest, string Location, long Length)> ListBlobs();

    /// <summary>The ids of all staged uploads, in no order.</summary>
    IAsyncEnumerable<string> ListUploads();
}

/// <summary>The staged bytes of one upload, open for appending. One writer at a time.</summary>
/// <remarks>After a fault <see cref="Offset"/> stands where it stood before, and the upload is to be opened again to go on.</remarks>
internal interface IStagedUpload : IDisposable
{
    /// <summary>Where the next byte goes.</summary>
    long Offset { get; }

    /// <summary>Appends <paramref name="bytes"/>. They are kept for sure only after <see cref="Flush"/>.</summary>
    ValueTask Append(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken);

    /// <summary>When it ends, all that was appended survives the end of the process, not yet a power loss. Called before a 202.</summary>
    ValueTask Flush(CancellationToken cancellationToken);
}

/// <summary>A blob open for reading at any offset. It stays readable when the blob is deleted or replaced meanwhile.</summary>
internal interface IBlobReader : IDisposable
{
    /// <summary>In bytes, as it was when the reader was opened.</summary>
    long Length { get; }

    /// <summary>Reads up to the length of <paramref name="buffer"/> at <paramref name="offset"/>; 0 at the end.</summary>
    ValueTask<int> Read(Memory<byte> buffer, long offset, CancellationToken cancellationToken);
}

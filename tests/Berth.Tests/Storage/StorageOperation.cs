namespace Berth.Tests.Storage;

/// <summary>What <see cref="FaultInjectingStorage"/> counts and can let fail.</summary>
internal enum StorageOperation
{
    EnsureRoom,
    OpenUpload,
    Append,
    Flush,
    ReadUpload,
    UploadLength,
    DeleteUpload,
    CommitUpload,
    ResumeCommit,
    OpenBlob,

    /// <summary>A read from an open blob or upload.</summary>
    Read,
    DeleteBlob,
    CommitObject,
    OpenObject,
    DeleteObject,
    ListBlobs,
    ListUploads,
}

/// <summary>How an operation fails.</summary>
internal enum Fault
{
    /// <summary>As on a full disk: nothing is done.</summary>
    NoSpace,

    /// <summary>
    /// As on a failing disk: nothing is done; at a commit the staged bytes are dropped, as after a sync that failed.
    /// </summary>
    InputOutputError,

    /// <summary>Only for appends: the first half of the bytes is written, then the disk fails.</summary>
    TornWrite,

    /// <summary>
    /// The operation is done, but its caller hears of a failure: what a crash right behind it leaves. Not for reads and opens.
    /// </summary>
    DoneButFailed,
}

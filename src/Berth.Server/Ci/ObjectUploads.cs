using System.Collections.Concurrent;
using System.Security.Cryptography;
using Berth.Server.Storage;

namespace Berth.Server.Ci;

/// <summary>
/// The staged bytes of artifacts and logs on their way into the store. Unlike a client's upload they never outlive their request, so no
/// row knows them: what this process is not writing just now was left by a crash.
/// </summary>
internal sealed class ObjectUploads(IBlobStorage storage)
{
    private readonly ConcurrentDictionary<string, bool> _open = new(StringComparer.Ordinal);

    /// <summary>Stages what <paramref name="write"/> appends and makes it an object, durably; where it throws, nothing is left.</summary>
    /// <returns>The object's location and length in bytes.</returns>
    public async Task<(string Location, long Length)> Store(Func<IStagedUpload, Task> write, CancellationToken cancellationToken)
    {
        var id = UploadIds.ObjectPrefix + RandomNumberGenerator.GetHexString(26, lowercase: true);
        _open[id] = true;
        try
        {
            long length;
            using (var staged = await storage.OpenUpload(id, 0, cancellationToken))
            {
                await write(staged);
                length = staged.Offset;
            }
            return (await storage.CommitObject(id, length), length);
        }
        catch
        {
            await storage.DeleteUpload(id, CancellationToken.None);
            throw;
        }
        finally
        {
            _open.TryRemove(id, out _);
        }
    }

    /// <summary>Removes what a crash left behind.</summary>
    public async Task RemoveStrays(CancellationToken cancellationToken)
    {
        await foreach (var id in storage.ListUploads().WithCancellation(cancellationToken))
        {
            if (UploadIds.IsObject(id) && !_open.ContainsKey(id))
                await storage.DeleteUpload(id, cancellationToken);
        }
    }
}

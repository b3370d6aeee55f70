using Berth.Server.Storage;
using Microsoft.Win32.SafeHandles;

namespace Berth.Server.Distribution;

/// <summary>
/// Uploads under way in memory, and in a file of slots that outlives the process as rows do that are written without a sync. Where one
/// process has the database (SQLite) most uploads begin and end here: their progress costs a write of 512 bytes instead of a transaction.
/// </summary>
internal sealed class HeldUploads : IDisposable
{
    /// <summary>2 MiB of file, and a little more of memory. What is opened beyond it gets a row.</summary>
    private const int Most = 4096;

    private readonly Lock _gate = new();
    private readonly SafeFileHandle? _file;
    private readonly Dictionary<string, (HeldUpload Upload, int Slot)> _held = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _countBySubject = new(StringComparer.Ordinal);
    private readonly Stack<int> _free = [];
    private int _slots;

    /// <param name="path">The file; made if it is missing, and what a killed process left in it is held again. Null to hold nothing.</param>
    /// <exception cref="IOException">The file can't be made or read.</exception>
    public HeldUploads(string? path)
    {
        if (path is null)
            return;
        _file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite);
        Span<byte> bytes = stackalloc byte[HeldUpload.Bytes];
        while (_slots < Most && RandomAccess.Read(_file, bytes, Offset(_slots)) == bytes.Length)
        {
            var slot = _slots++;
            if (HeldUpload.TryRead(bytes) is not { } upload || !_held.TryAdd(upload.Session.Id, (upload, slot)))
                _free.Push(slot);
            else
                Count(upload.Subject, 1);
        }
    }

    /// <summary>Holds one more; false if there is no room.</summary>
    public bool TryAdd(HeldUpload upload)
    {
        lock (_gate)
        {
            if (_file is null || _held.Count >= Most)
                return false;
            var slot = _free.TryPeek(out var free) ? free : _slots;
            try
            {
                Write(slot, upload);
            }
            catch (StorageFullException)
            {
                return false;
            }
            if (slot == _slots)
                _slots++;
            else
                _free.Pop();
            _held.Add(upload.Session.Id, (upload, slot));
            Count(upload.Subject, 1);
            return true;
        }
    }

    public HeldUpload? Find(string id)
    {
        lock (_gate)
            return _held.TryGetValue(id, out var held) ? held.Upload : null;
    }

    /// <summary>How many this credential has.</summary>
    public int CountOf(string subject)
    {
        lock (_gate)
            return _countBySubject.GetValueOrDefault(subject);
    }

    public bool AnyInto(long repositoryId)
    {
        lock (_gate)
            return _held.Values.Any(held => held.Upload.RepositoryId == repositoryId);
    }

    /// <summary>Those that end before a time.</summary>
    public List<HeldUpload> ExpiringBefore(long time)
    {
        lock (_gate)
            return [.. _held.Values.Where(held => held.Upload.ExpiresAt < time).Select(held => held.Upload)];
    }

    /// <summary>Removes those whose time is over, and gives their ids.</summary>
    public List<string> RemoveExpired(long now)
    {
        lock (_gate)
        {
            var expired = ExpiringBefore(now).ConvertAll(upload => upload.Session.Id);
            expired.ForEach(Remove);
            return expired;
        }
    }

    /// <summary>Writes down how far one has come; false if it is not held any more, or another request has written.</summary>
    /// <exception cref="StorageFullException">The disk is full.</exception>
    public bool Replace(UploadSession session, long expiresAt)
    {
        lock (_gate)
        {
            if (!_held.TryGetValue(session.Id, out var held) || held.Upload.Session.Version != session.Version)
                return false;
            var upload = held.Upload with { Session = session with { Version = session.Version + 1 }, ExpiresAt = expiresAt };
            Write(held.Slot, upload);
            _held[session.Id] = held with { Upload = upload };
            return true;
        }
    }

    public void Remove(string id)
    {
        lock (_gate)
        {
            if (!_held.Remove(id, out var held))
                return;
            Count(held.Upload.Subject, -1);
            _free.Push(held.Slot);
            // No sum is zeros.
            Span<byte> none = stackalloc byte[32];
            none.Clear();
            try
            {
                RandomAccess.Write(_file!, none, Offset(held.Slot));
            }
            catch (IOException)
            {
                // Then the next process finds it, as after a power loss, and what its row says counts.
            }
        }
    }

    /// <summary>Gives the file's room back, where none is held.</summary>
    public void Shrink()
    {
        lock (_gate)
        {
            if (_file is null || _held.Count > 0)
                return;
            RandomAccess.SetLength(_file, 0);
            _slots = 0;
            _free.Clear();
        }
    }

    public void Dispose() => _file?.Dispose();

    private static long Offset(int slot) => (long)slot * HeldUpload.Bytes;

    private void Write(int slot, HeldUpload upload)
    {
        Span<byte> bytes = stackalloc byte[HeldUpload.Bytes];
        upload.Write(bytes);
        try
        {
            RandomAccess.Write(_file!, bytes, Offset(slot));
        }
        catch (IOException fault) when (DiskFaults.IsFull(fault))
        {
            throw DiskFaults.Full(fault);
        }
    }

    private void Count(string subject, int more)
    {
        var count = _countBySubject.GetValueOrDefault(subject) + more;
        if (count == 0)
            _countBySubject.Remove(subject);
        else
            _countBySubject[subject] = count;
    }
}

using Berth.Acceptance.Harness;

namespace Berth.Acceptance.Durability;

/// <summary>A mounted file system of a few MB. Needs root, as ./test does.</summary>
internal sealed class SmallVolume : IAsyncDisposable
{
    private readonly string _mountPoint = Directory.CreateTempSubdirectory("berth-volume-").FullName;
    private string? _image;

    /// <summary>Where Berth keeps its data; beside it lies what the test fills the volume with.</summary>
    public string Data => $"{_mountPoint}/data";

    private string Filling => $"{_mountPoint}/filling";

    public static async Task<SmallVolume> Tmpfs(int megabytes)
    {
        var volume = new SmallVolume();
        (await Command.Run("mount", ["-t", "tmpfs", "-o", $"size={megabytes}m", "berth-test", volume._mountPoint])).Succeeded();
        return volume;
    }

    /// <summary>A journalling file system, as servers have it, in a file.</summary>
    public static async Task<SmallVolume> Ext4(int megabytes)
    {
        var volume = new SmallVolume { _image = Path.GetTempFileName() };
        await using (var image = File.OpenWrite(volume._image))
            image.SetLength(megabytes * 1024L * 1024);
        // No blocks kept back for root: the tests run as root and would not find the volume full.
        (await Command.Run("mkfs.ext4", ["-q", "-m", "0", volume._image])).Succeeded();
        (await Command.Run("mount", ["-o", "loop", volume._image, volume._mountPoint])).Succeeded();
        return volume;
    }

    /// <summary>Takes all the space but so many bytes.</summary>
    public void FillUpTo(long leave)
    {
        using var filling = new FileStream(Filling, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        filling.Seek(0, SeekOrigin.End);
        var piece = new byte[4096];
        try
        {
            while (new DriveInfo(_mountPoint).AvailableFreeSpace - piece.Length >= leave)
                filling.Write(piece);
            filling.Flush(flushToDisk: true);
        }
        catch (IOException) when (leave == 0)
        {
            // The last block went to the file's own map.
        }
    }

    public async Task MakeReadOnly() => (await Command.Run("mount", ["-o", "remount,ro", _mountPoint])).Succeeded();

    public async Task MakeWritable() => (await Command.Run("mount", ["-o", "remount,rw", _mountPoint])).Succeeded();

    /// <summary>Gives the space back.</summary>
    public void Empty() => File.Delete(Filling);

    public async ValueTask DisposeAsync()
    {
        (await Command.Run("umount", [_mountPoint])).Succeeded();
        Directory.Delete(_mountPoint);
        if (_image is not null)
            File.Delete(_image);
    }
}

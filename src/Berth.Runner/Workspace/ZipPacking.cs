using System.Formats.Tar;
using System.IO.Compression;

namespace Berth.Runner.Workspace;

/// <summary>Writes files of the workspace into a zip, with their Unix modes, as gitlab-runner's helper does.</summary>
internal static class ZipPacking
{
    private static readonly DateTimeOffset Oldest = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <returns>How many files and links were packed.</returns>
    public static async Task<int> Pack(WorkspaceFiles files, FileSelection selection, Stream output, Action<string> missing, CancellationToken cancellationToken)
    {
        var count = 0;
        var zip = await ZipArchive.CreateAsync(output, ZipArchiveMode.Create, leaveOpen: true, entryNameEncoding: null, cancellationToken);
        await using (zip)
        {
            await files.Read(selection, async (path, entry) =>
            {
                if (await Add(zip, path, entry, cancellationToken))
                    count++;
            }, missing, cancellationToken);
        }
        return count;
    }

    private static async Task<bool> Add(ZipArchive zip, string path, TarEntry entry, CancellationToken cancellationToken)
    {
        const int RegularFile = 0x8000, Directory = 0x4000, Symlink = 0xA000;
        var type = entry.EntryType switch
        {
            TarEntryType.RegularFile or TarEntryType.V7RegularFile => RegularFile,
            TarEntryType.Directory => Directory,
            TarEntryType.SymbolicLink => Symlink,
            // Devices, sockets, pipes; and further names of one file, which carry no data.
            _ => 0,
        };
        if (type == 0)
            return false;
        var packed = zip.CreateEntry(type == Directory ? path + "/" : path, CompressionLevel.Fastest);
        packed.ExternalAttributes = (type | (int)entry.Mode) << 16;
        packed.LastWriteTime = entry.ModificationTime > Oldest ? entry.ModificationTime : Oldest;
        if (type == Directory)
            return false;
        await using var data = await packed.OpenAsync(cancellationToken);
        if (type == Symlink)
            await data.WriteAsync(System.Text.Encoding.UTF8.GetBytes(entry.LinkName), cancellationToken);
        else if (entry.DataStream is { } content)
            await content.CopyToAsync(data, cancellationToken);
        return true;
    }
}

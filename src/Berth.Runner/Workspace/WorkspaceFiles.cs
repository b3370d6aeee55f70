using System.Formats.Tar;
using System.IO.Compression;
using System.IO.Pipelines;
using System.Text;
using Berth.Runner.Engine;
using Berth.Runner.Jobs;
using Docker.DotNet;
using Docker.DotNet.Models;

namespace Berth.Runner.Workspace;

/// <summary>
/// The project's files on the engine, read and written through the helper container's archive API as streams of tar. Files are
/// never whole in memory.
/// </summary>
internal sealed class WorkspaceFiles(DockerClient engine, HelperContainer helper, JobPaths paths)
{
    private const UnixFileMode EveryoneReadWrite = (UnixFileMode)0b110_110_110;
    private const UnixFileMode EveryoneAll = (UnixFileMode)0b111_111_111;

    public string ProjectDirectory => paths.ProjectDirectory;

    /// <summary>The files that git does not know, ignored ones too.</summary>
    public async Task<IReadOnlyList<string>> Untracked(CancellationToken cancellationToken)
    {
        var output = new MemoryStream();
        await helper.Run($"cd {Shell.Quote(paths.ProjectDirectory)} && git -c safe.directory='*' ls-files -o -z 2>/dev/null\n", output.Write, cancellationToken);
        return Encoding.UTF8.GetString(output.ToArray()).Split('\0', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>Reads the selected files, each once, in the order of the file system.</summary>
    /// <param name="take">Gets the path below the project and the entry with its data.</param>
    /// <param name="missing">Is told of each pattern that no file matched.</param>
    public async Task Read(FileSelection selection, Func<string, TarEntry, Task> take, Action<string> missing, CancellationToken cancellationToken)
    {
        foreach (var root in selection.Roots)
        {
            var parent = root.LastIndexOf('/') is > 0 and var slash ? root[..(slash + 1)] : "";
            await using var stream = await Open(root.Length == 0 ? paths.ProjectDirectory : $"{paths.ProjectDirectory}/{root}", cancellationToken);
            if (stream is null)
                continue;
            await using var tar = new TarReader(stream);
            while (await tar.GetNextEntryAsync(copyData: false, cancellationToken) is { } entry)
            {
                // Names begin with the last part of the path that was asked for: of the project itself its own name.
                var name = entry.Name.TrimEnd('/');
                var path = root.Length == 0 ? name.IndexOf('/') is > 0 and var first ? name[(first + 1)..] : "" : parent + name;
                if (path.Length > 0 && selection.Contains(path))
                    await take(path, entry);
            }
        }
        foreach (var pattern in selection.Unmatched)
            missing(pattern);
    }

    /// <summary>Unpacks a zip below the project.</summary>
    public async Task Unpack(FileStream file, CancellationToken cancellationToken)
    {
        await using var zip = await ZipArchive.CreateAsync(file, ZipArchiveMode.Read, leaveOpen: true, entryNameEncoding: null, cancellationToken);
        await Write(paths.ProjectDirectory, async tar =>
        {
            foreach (var entry in zip.Entries.Where(entry => IsInside(entry.FullName)))
                await Copy(entry, tar, cancellationToken);
        }, cancellationToken);
    }

    /// <summary>Puts one file of this machine into the helper.</summary>
    public async Task Put(string directory, string name, FileStream file, CancellationToken cancellationToken)
    {
        await helper.Run($"umask 0000; mkdir -p {Shell.Quote(directory)}\n", _ => { }, cancellationToken);
        file.Position = 0;
        await Write(directory, tar => tar.WriteEntryAsync(
            new PaxTarEntry(TarEntryType.RegularFile, name) { Mode = EveryoneReadWrite, DataStream = file }, cancellationToken), cancellationToken);
    }

    /// <summary>Gets one file of the helper; false if it is not there.</summary>
    public async Task<bool> Get(string path, FileStream file, CancellationToken cancellationToken)
    {
        await using var stream = await Open(path, cancellationToken);
        if (stream is null)
            return false;
        await using var tar = new TarReader(stream);
        if (await tar.GetNextEntryAsync(copyData: false, cancellationToken) is not { EntryType: TarEntryType.RegularFile or TarEntryType.V7RegularFile, DataStream: { } data })
            return false;
        await data.CopyToAsync(file, cancellationToken);
        file.Position = 0;
        return true;
    }

    private async Task<Stream?> Open(string path, CancellationToken cancellationToken)
    {
        try
        {
            var archive = await engine.Containers.GetArchiveFromContainerAsync(helper.Id, new ContainerPathStatParameters { Path = path }, false, cancellationToken);
            return archive.Stream is { } stream ? new ArchiveStream(stream) : null;
        }
        catch (DockerApiException e) when (e.StatusCode == System.Net.HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>Sends a tar while it is written.</summary>
    private async Task Write(string directory, Func<TarWriter, Task> write, CancellationToken cancellationToken)
    {
        var pipe = new Pipe();
        var sending = engine.Containers.ExtractArchiveToContainerAsync(
            helper.Id, new CopyToContainerParameters { Path = directory }, pipe.Reader.AsStream(), cancellationToken);
        Exception? failure = null;
        try
        {
            await using var tar = new TarWriter(pipe.Writer.AsStream(leaveOpen: true), TarEntryFormat.Pax, leaveOpen: true);
            await write(tar);
        }
        catch (Exception e)
        {
            failure = e;
        }
        await pipe.Writer.CompleteAsync(failure);
        await sending;
        if (failure is not null)
            throw failure;
    }

    private static async Task Copy(ZipArchiveEntry entry, TarWriter tar, CancellationToken cancellationToken)
    {
        const int TypeMask = 0xF000, Symlink = 0xA000;
        var attributes = entry.ExternalAttributes >> 16;
        var mode = (UnixFileMode)(attributes & 0xFFF);
        var name = entry.FullName.TrimEnd('/');
        if (entry.FullName.EndsWith('/'))
        {
            await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.Directory, name + "/") { Mode = EveryoneAll, ModificationTime = entry.LastWriteTime }, cancellationToken);
            return;
        }
        await using var data = await entry.OpenAsync(cancellationToken);
        if ((attributes & TypeMask) == Symlink)
        {
            using var reader = new StreamReader(data);
            await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.SymbolicLink, name) { LinkName = await reader.ReadToEndAsync(cancellationToken) }, cancellationToken);
            return;
        }
        await tar.WriteEntryAsync(
            new PaxTarEntry(TarEntryType.RegularFile, name)
            {
                Mode = mode == 0 ? EveryoneReadWrite : mode,
                ModificationTime = entry.LastWriteTime,
                DataStream = new SizedStream(data, entry.Length),
            },
            cancellationToken);
    }

    private static bool IsInside(string name) => name.Length > 0 && !name.StartsWith('/') && !name.Split('/').Contains("..");
}

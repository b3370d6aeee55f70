using System.Text;

namespace Berth.Runner.Configuration;

/// <summary>config.toml on disk: found, read, read again when it changed, and extended by <c>register</c>.</summary>
internal sealed class ConfigFile
{
    private (DateTime Written, long Length) _seen;

    public ConfigFile(string path) => FullPath = Path.GetFullPath(path);

    public string FullPath { get; }

    /// <summary>Where gitlab-runner looks: <c>/etc/gitlab-runner</c> for root, <c>~/.gitlab-runner</c> for others.</summary>
    public static string DefaultPath { get; } = Environment.IsPrivilegedProcess
        ? "/etc/gitlab-runner/config.toml"
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".gitlab-runner/config.toml");

    public bool Exists => File.Exists(FullPath);

    /// <exception cref="ConfigException">It is missing, unreadable or wrong.</exception>
    public async Task<RunnerConfig> Read(CancellationToken cancellationToken)
    {
        try
        {
            _seen = Stamp();
            return ConfigReader.Read(await File.ReadAllTextAsync(FullPath, cancellationToken), Path.GetFileName(FullPath));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ConfigException($"{FullPath} is missing: berth-runner register makes it, --config FILE names another");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigException($"{FullPath} can't be read: {e.Message}");
        }
    }

    /// <summary>Whether it was written since <see cref="Read"/>.</summary>
    public bool HasChanged => Exists && Stamp() != _seen;

    /// <summary>Adds a runner at the end, or makes the file; the whole is written beside and renamed, mode 0600.</summary>
    public async Task Append(string section, CancellationToken cancellationToken)
    {
        PrivateFile.MakeDirectoryOf(FullPath);
        var before = Exists ? await File.ReadAllTextAsync(FullPath, cancellationToken) : ConfigWriter.Globals;
        await Write(before.TrimEnd('\n') + "\n\n" + section, cancellationToken);
    }

    public async Task Write(string text, CancellationToken cancellationToken)
    {
        var beside = FullPath + ".new";
        await using (var file = PrivateFile.Create(beside))
            await file.WriteAsync(Encoding.UTF8.GetBytes(text), cancellationToken);
        File.Move(beside, FullPath, overwrite: true);
    }

    private (DateTime, long) Stamp()
    {
        var file = new FileInfo(FullPath);
        return file.Exists ? (file.LastWriteTimeUtc, file.Length) : default;
    }
}

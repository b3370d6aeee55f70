using System.Security.Cryptography;

namespace Berth.Runner.Configuration;

/// <summary>
/// What tells this runner from others with the same token: made once and kept in <c>.runner_system_id</c> beside config.toml, as
/// gitlab-runner does, so that it stays the same after a change of programs.
/// </summary>
internal static class SystemId
{
    private const string FileName = ".runner_system_id";

    /// <exception cref="ConfigException">It can't be read or made.</exception>
    public static async Task<string> Load(string configPath, CancellationToken cancellationToken)
    {
        var path = Path.Combine(Path.GetDirectoryName(configPath)!, FileName);
        try
        {
            if (File.Exists(path) && (await File.ReadAllTextAsync(path, cancellationToken)).Trim() is { Length: > 0 } known)
                return known;
            var made = $"r_{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6))}";
            PrivateFile.MakeDirectoryOf(path);
            await using var file = PrivateFile.Create(path);
            await file.WriteAsync(System.Text.Encoding.ASCII.GetBytes(made), cancellationToken);
            return made;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigException($"{path}, which tells this machine from others, can't be kept: {e.Message}");
        }
    }
}

using System.Text;

namespace Berth.Server.Configuration;

/// <summary>Reads the file of a <c>Name_FILE</c> setting, such as a container engine mounts.</summary>
internal static class SecretFile
{
    /// <summary>In characters. Keys and connection strings are far below; a larger file is the wrong one.</summary>
    private const int Largest = 64 * 1024;

    /// <summary>The file's content without the newline at its end.</summary>
    /// <exception cref="FormatException">It can't be read, is empty or too large; the message tells which.</exception>
    public static string Read(string path)
    {
        try
        {
            using var reader = new StreamReader(path, Encoding.UTF8);
            var buffer = new char[Largest + 1];
            var text = buffer.AsSpan(0, reader.ReadBlock(buffer));
            if (text.Length > Largest)
                throw new FormatException($"the file {SettingsException.Quote(path)} is larger than 64 KiB");
            if (text.EndsWith("\n"))
                text = text.EndsWith("\r\n") ? text[..^2] : text[..^1];
            return text.Length > 0 ? text.ToString() : throw new FormatException($"the file {SettingsException.Quote(path)} is empty");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new FormatException($"the file {SettingsException.Quote(path)} can't be read: {e.Message}");
        }
    }
}

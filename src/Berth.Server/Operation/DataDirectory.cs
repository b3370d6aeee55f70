using System.Security.Cryptography;
using Berth.Server.Access;
using Berth.Server.Storage;

namespace Berth.Server.Operation;

/// <summary>
/// The folder of the embedded default, readable by its owner alone. Blobs stand in it in distribution's layout
/// (<see cref="Storage.DiskStorage"/>), beside:
/// <code>
/// git/&lt;project id&gt;.git     git repositories (Git__Directory)
/// berth.db                 the database, where no PostgreSQL is set
/// berth.uploads            beside it: uploads under way that have no row in it (HeldUploads)
/// secrets.key              SecretsKey, base64, mode 0600, where none is set
/// initial_root_password    of the first start, mode 0600, until another is set
/// lock                     held while serving
/// admin.sock               for verbs that change data while serving
/// </code>
/// </summary>
internal sealed class DataDirectory
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public DataDirectory(string path)
    {
        Path = path;
        Directory.CreateDirectory(path, OwnerOnly | UnixFileMode.UserExecute);
    }

    /// <summary>For verbs that look at what is there and make nothing.</summary>
    /// <exception cref="OperatorException">There is none.</exception>
    public static DataDirectory Existing(string path) => Directory.Exists(path)
        ? new DataDirectory(path)
        : throw new OperatorException($"there is no {path}: start berth once, which makes it, or set DataDirectory to where the data is");

    public string Path { get; }

    public string Database => In("berth.db");

    public string HeldUploads => In("berth.uploads");

    public string AdminSocket => In("admin.sock");

    /// <summary>Takes the lock until the value is disposed.</summary>
    /// <exception cref="OperatorException">Another Berth serves this folder.</exception>
    public IDisposable Lock()
    {
        try
        {
            return new FileStream(In("lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException fault) when (DiskFaults.IsBusy(fault))
        {
            throw new OperatorException($"another Berth is using {Path}: stop it, or give this one another DataDirectory");
        }
    }

    /// <summary>Whether a Berth serves this folder now.</summary>
    public bool IsLocked
    {
        get
        {
            try
            {
                Lock().Dispose();
                return false;
            }
            catch (OperatorException)
            {
                return true;
            }
        }
    }

    /// <summary>The key of the file; made if there is none.</summary>
    /// <exception cref="OperatorException">The file holds something else.</exception>
    public byte[] SecretsKey()
    {
        var path = In("secrets.key");
        if (!File.Exists(path))
        {
            WriteSecret(path, Convert.ToBase64String(RandomNumberGenerator.GetBytes(SecretBox.KeyBytes)));
        }
        var key = new byte[SecretBox.KeyBytes];
        return Convert.TryFromBase64String(File.ReadAllText(path).Trim(), key, out var length) && length == SecretBox.KeyBytes
            ? key
            : throw new OperatorException($"{path} does not hold {SecretBox.KeyBytes} bytes in base64: put back the key that this database was written under");
    }

    /// <summary>Writes a secret that only the owner can read, durably: what it opens may be written right after.</summary>
    public static void WriteSecret(string path, string secret)
    {
        var half = path + ".new";
        using (var file = new FileStream(half, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = OwnerOnly }))
        {
            file.Write(System.Text.Encoding.UTF8.GetBytes(secret + "\n"));
            file.Flush(flushToDisk: true);
        }
        File.Move(half, path, overwrite: true);
        Posix.SyncDirectory(System.IO.Path.GetDirectoryName(path)!);
    }

    private string In(string name) => System.IO.Path.Combine(Path, name);
}

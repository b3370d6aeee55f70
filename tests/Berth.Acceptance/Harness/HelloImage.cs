using System.Security.Cryptography;

namespace Berth.Acceptance.Harness;

/// <summary>An image of real files, to be built from a folder; when run it prints their hashes, which tell that every byte came back.</summary>
public sealed class HelloImage
{
    private HelloImage(string context, string sums) => (Context, Sums) = (context, sums);

    /// <summary>The folder to build from.</summary>
    public string Context { get; }

    /// <summary>What a container of it prints.</summary>
    public string Sums { get; }

    /// <summary>Lays the folder out in a home: a text of this checkout, a library of the published program, and a few bytes that no other image has.</summary>
    public static async Task<HelloImage> LayOut(Workstation workstation)
    {
        var context = Path.Combine(workstation.Home, "hello");
        Directory.CreateDirectory(Path.Combine(context, "files"));
        File.Copy(Path.Combine(Checkout.Root, "README.md"), Path.Combine(context, "files/README.md"));
        File.Copy(Path.Combine(Path.GetDirectoryName(Checkout.Berth)!, "libe_sqlite3.so"), Path.Combine(context, "files/libe_sqlite3.so"));
        await File.WriteAllTextAsync(Path.Combine(context, "files/unique"), RandomNumberGenerator.GetHexString(64));
        await File.WriteAllTextAsync(Path.Combine(context, "Dockerfile"), """
            FROM busybox
            COPY files /files
            RUN cd /files && sha256sum README.md libe_sqlite3.so unique >/sums
            CMD ["cat", "/sums"]
            """);
        var sums = "";
        foreach (var name in new[] { "README.md", "libe_sqlite3.so", "unique" })
        {
            await using var file = File.OpenRead(Path.Combine(context, "files", name));
            sums += $"{Convert.ToHexStringLower(await SHA256.HashDataAsync(file))}  {name}\n";
        }
        return new HelloImage(context, sums);
    }
}

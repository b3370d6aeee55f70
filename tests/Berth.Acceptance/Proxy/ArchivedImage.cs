using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Berth.Acceptance.Proxy;

/// <summary>
/// An image made without any engine, in a file as <c>docker save</c> writes it, which docker and podman load and skopeo copies: a
/// layer that others of its kind have too and two of random bytes.
/// </summary>
internal sealed class ArchivedImage
{
    private const string ConfigName = "config.json";

    private ArchivedImage(string path, string digest, string config) => (Path, Digest, Config) = (path, digest, config);

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>The digest of the file, by which a manifest names it that has it for an artifact.</summary>
    public string Digest { get; }

    /// <summary>The digest of its config, by which every manifest of the image names its content.</summary>
    public string Config { get; }

    /// <param name="path">The file to write.</param>
    /// <param name="name">What the image is called once it is loaded.</param>
    /// <param name="shared">A layer, as a tar.</param>
    public static async Task<ArchivedImage> Write(string path, string name, byte[] shared)
    {
        byte[][] layers = [shared, await Layer(200_000), await Layer(20_000)];
        var config = Encoding.UTF8.GetBytes(new JsonObject
        {
            ["architecture"] = "amd64",
            ["os"] = "linux",
            ["config"] = new JsonObject(),
            ["rootfs"] = new JsonObject
            {
                ["type"] = "layers",
                ["diff_ids"] = new JsonArray([.. layers.Select(layer => JsonValue.Create(Sha256(layer)))]),
            },
        }.ToJsonString());
        var index = new JsonArray(new JsonObject
        {
            ["Config"] = ConfigName,
            ["RepoTags"] = new JsonArray(name),
            ["Layers"] = new JsonArray([.. layers.Select((_, number) => JsonValue.Create(LayerName(number)))]),
        });
        using var archive = new MemoryStream();
        await using (var tar = new TarWriter(archive, TarEntryFormat.Ustar))
        {
            await Add(tar, ConfigName, config);
            for (var number = 0; number < layers.Length; number++)
                await Add(tar, LayerName(number), layers[number]);
            await Add(tar, "manifest.json", Encoding.UTF8.GetBytes(index.ToJsonString()));
        }
        await File.WriteAllBytesAsync(path, archive.ToArray(), TestContext.Current.CancellationToken);
        return new ArchivedImage(path, Sha256(archive.ToArray()), Sha256(config));
    }

    /// <summary>A tar of one file of random bytes.</summary>
    public static async Task<byte[]> Layer(int length)
    {
        using var memory = new MemoryStream();
        await using (var tar = new TarWriter(memory, TarEntryFormat.Ustar))
            await Add(tar, RandomNumberGenerator.GetHexString(8, lowercase: true), RandomNumberGenerator.GetBytes(length));
        return memory.ToArray();
    }

    private static string LayerName(int number) => $"layer{number}.tar";

    private static Task Add(TarWriter tar, string name, byte[] content) =>
        tar.WriteEntryAsync(new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content) }, TestContext.Current.CancellationToken);

    private static string Sha256(byte[] bytes) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(bytes));
}

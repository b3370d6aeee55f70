using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Berth.Oci;
using Berth.Server.Operation;
using Berth.Tests.Harness;

namespace Berth.Tests.Operation;

/// <summary>berth fsck finds each kind of damage, and nothing where there is none.</summary>
public sealed class FsckTests : IAsyncLifetime
{
    private TestServer _server = null!;
    private RegistryClient _client = null!;
    private string _manifest = "", _layer = "", _config = "";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartOwn();
        _client = await RegistryClient.Fresh(_server);
        (_manifest, var json) = await _client.PushImage("latest");
        var document = JsonDocument.Parse(json).RootElement;
        _config = document.GetProperty("config").GetProperty("digest").GetString()!;
        _layer = document.GetProperty("layers")[0].GetProperty("digest").GetString()!;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Sound_store_has_no_problems()
    {
        using var index = await _client.PutManifest("multi", RegistryClient.Index((_manifest, 1)), RegistryClient.OciIndex);
        using var external = await _client.PutManifest("external", $$"""
            {"schemaVersion":2,"config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"{{_config}}","size":2},"layers":[
             {"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"{{RegistryClient.Sha256([8])}}","size":1,"urls":["https://example.com/layer"]},
             {"mediaType":"application/vnd.oci.image.layer.nondistributable.v1.tar","digest":"{{RegistryClient.Sha256([9])}}","size":1}],
             "subject":{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"{{RegistryClient.Sha256([1])}}","size":10} }
            """);
        Assert.Equal(System.Net.HttpStatusCode.Created, external.StatusCode);
        await _client.PushBlob(RandomNumberGenerator.GetBytes(300_000));
        var (problems, report) = await Check();
        Assert.Equal(0, problems);
        Assert.EndsWith("3 manifests read; 0 stored blobs (0 bytes) that no row names, to be collected; 0 problems\n", report);
    }

    [Fact]
    public async Task Blob_with_a_flipped_bit_is_found_by_its_hash()
    {
        await using (var file = new FileStream(_server.BlobFile(_layer), FileMode.Open))
        {
            var first = file.ReadByte();
            file.Position = 0;
            file.WriteByte((byte)(first ^ 1));
        }
        await AssertOne($"blob {_layer}: its bytes hash to sha256:");
    }

    [Fact]
    public async Task Truncated_blob_is_found()
    {
        await using (var file = new FileStream(_server.BlobFile(_layer), FileMode.Open))
            file.SetLength(10);
        await AssertOne($"blob {_layer}: 10 bytes are stored, 1000 belong there");
    }

    [Fact]
    public async Task Missing_blob_is_found()
    {
        File.Delete(_server.BlobFile(_layer));
        await AssertOne($"blob {_layer}: its bytes are missing");
    }

    [Fact]
    public async Task Manifest_with_other_bytes_is_found()
    {
        await Execute("update manifest_contents set content = @content", new { content = "{}"u8.ToArray() });
        await AssertOne($"manifest {_manifest}: its bytes are damaged");
    }

    [Fact]
    public async Task Link_to_a_blob_that_is_not_live_is_found()
    {
        await Execute("update blobs set state = 3 where digest = @digest", new { digest = Bytes(_layer) });
        await AssertOne($"a live link to a blob that is not stored: {_layer}");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Manifest_whose_config_or_layer_is_not_linked_is_found(bool config)
    {
        var digest = config ? _config : _layer;
        await Execute("update repository_blobs set deleted_at = 1 where digest = @digest", new { digest = Bytes(digest) });
        await AssertOne($"a live manifest whose config or layer its repository lacks: {digest}");
    }

    [Fact]
    public async Task Index_whose_child_is_not_live_is_found_and_so_is_its_tag()
    {
        using var index = await _client.PutManifest("multi", RegistryClient.Index((_manifest, 1)), RegistryClient.OciIndex);
        await Execute("update manifests set deleted_at = 1 where digest = @digest", new { digest = Bytes(_manifest) });
        var (problems, report) = await Check();
        Assert.Equal(2, problems);
        Assert.Contains($"a live index whose child its repository lacks: {_manifest}", report, StringComparison.Ordinal);
        Assert.Contains($"a tag on a manifest that is not live: {_manifest}", report, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Blob_without_a_row_is_counted_and_is_no_problem()
    {
        var bytes = RandomNumberGenerator.GetBytes(77);
        var file = _server.BlobFile(RegistryClient.Sha256(bytes));
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await File.WriteAllBytesAsync(file, bytes, Cancel);
        var (problems, report) = await Check();
        Assert.Equal(0, problems);
        Assert.Contains("1 stored blobs (77 bytes) that no row names", report, StringComparison.Ordinal);
    }

    private async Task AssertOne(string problem)
    {
        var (problems, report) = await Check();
        Assert.Contains(problem, report, StringComparison.Ordinal);
        Assert.Equal(1, problems);
    }

    private async Task<(long Problems, string Report)> Check()
    {
        await using var output = new StringWriter(new StringBuilder());
        var problems = await new Fsck(_server.Database, _server.Storage, output).Run(Cancel);
        return (problems, output.ToString());
    }

    private Task Execute(string sql, object parameters) => _server.Database.Write(transaction => transaction.Execute(sql, parameters));

    private static byte[] Bytes(string digest) => Digest.Parse(digest).ToBytes();
}

using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Berth.Oci;
using Berth.Tests.Harness;

namespace Berth.Tests.Distribution;

/// <summary>PUT, GET and HEAD of /v2/NAME/manifests/REFERENCE.</summary>
public sealed class ManifestTests(TestServer server)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Manifest_comes_back_byte_for_byte_with_its_own_type()
    {
        var client = await RegistryClient.Fresh(server);
        var json = "\n  " + (await client.ImageManifest()).Replace(":", " :  ", StringComparison.Ordinal).Replace("sha256 :  ", "sha256:", StringComparison.Ordinal) + "\r\n";
        using var put = await client.PutManifest("v1", json);
        // "The registry MUST store the manifest in the exact byte representation provided by the client."
        // "Upon a successful upload, the registry MUST return response code 201 Created, and MUST have the following header: Location".
        Assert.Equal(HttpStatusCode.Created, put.StatusCode);
        var digest = RegistryClient.Sha256(Encoding.UTF8.GetBytes(json));
        Assert.Equal($"/v2/{client.Name}/manifests/{digest}", put.Headers.Location!.OriginalString);
        Assert.Equal(digest, put.Headers.GetValues("Docker-Content-Digest").Single());
        using var get = await client.Get(put.Headers.Location.OriginalString);
        Assert.Equal(json, await get.Content.ReadAsStringAsync(Cancel));
        Assert.Equal(RegistryClient.OciManifest, get.Content.Headers.ContentType!.ToString());
        Assert.Equal("nosniff", get.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("sandbox", get.Headers.GetValues("Content-Security-Policy").Single());
        using var head = await client.Head("manifests/v1");
        Assert.Equal(Encoding.UTF8.GetByteCount(json), head.Content.Headers.ContentLength);
        Assert.Equal(digest, head.Headers.GetValues("Docker-Content-Digest").Single());
    }

    [Fact]
    public async Task Put_by_digest_makes_no_tag_and_put_under_a_wrong_digest_is_refused()
    {
        var client = await RegistryClient.Fresh(server);
        var json = await client.ImageManifest();
        var digest = RegistryClient.Sha256(Encoding.UTF8.GetBytes(json));
        using var wrong = await client.PutManifest(RegistryClient.Sha256([1]), json);
        Assert.StartsWith($"DIGEST_INVALID: the content hashes to {digest}", await RegistryClient.Refusal(wrong, HttpStatusCode.BadRequest));
        using var put = await client.PutManifest(digest, json);
        Assert.Equal(HttpStatusCode.Created, put.StatusCode);
        using var tags = await client.Get("tags/list");
        Assert.EndsWith("\"tags\":[]}", await tags.Content.ReadAsStringAsync(Cancel));
        using var sha512 = await client.PutManifest(RegistryClient.Sha512(Encoding.UTF8.GetBytes(json)), json);
        Assert.Equal(RegistryClient.Sha512(Encoding.UTF8.GetBytes(json)), sha512.Headers.GetValues("Docker-Content-Digest").Single());
    }

    [Fact]
    public async Task Put_manifest_with_missing_blobs_answers_MANIFEST_BLOB_UNKNOWN_and_names_them()
    {
        var client = await RegistryClient.Fresh(server);
        var config = await client.PushBlob([1, 2, 3]);
        var missing = Enumerable.Range(0, 7).Select(i => RegistryClient.Sha256([9, (byte)i])).ToArray();
        using var reply = await client.PutManifest("v1", RegistryClient.Manifest((config, 3), [.. missing.Select(digest => (digest, 2L))]));
        var error = await RegistryClient.Refusal(reply, HttpStatusCode.BadRequest);
        Assert.StartsWith("MANIFEST_BLOB_UNKNOWN: ", error);
        Assert.Contains(missing[0], error, StringComparison.Ordinal);
        using var body = JsonDocument.Parse(await reply.Content.ReadAsStringAsync(Cancel));
        Assert.Equal(missing, body.RootElement.GetProperty("errors")[0].GetProperty("detail").EnumerateArray().Select(item => item.GetProperty("digest").GetString()!));
        using var get = await client.Get("manifests/v1");
        Assert.StartsWith("MANIFEST_UNKNOWN: ", await RegistryClient.Refusal(get, HttpStatusCode.NotFound));
    }

    [Fact]
    public async Task Blob_of_another_repository_does_not_serve_a_manifest_here()
    {
        var other = await RegistryClient.Fresh(server);
        var config = await other.PushBlob([4, 5, 6]);
        var client = await RegistryClient.Fresh(server);
        using var reply = await client.PutManifest("v1", RegistryClient.Manifest((config, 3)));
        Assert.StartsWith("MANIFEST_BLOB_UNKNOWN: ", await RegistryClient.Refusal(reply, HttpStatusCode.BadRequest));
    }

    [Fact]
    public async Task Layers_that_are_elsewhere_need_not_be_pushed()
    {
        var client = await RegistryClient.Fresh(server);
        var config = await client.PushBlob("{}"u8.ToArray());
        var layers = $$"""
            {"mediaType":"application/vnd.docker.image.rootfs.foreign.diff.tar.gzip","digest":"{{RegistryClient.Sha256([7])}}","size":1},
            {"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"{{RegistryClient.Sha256([8])}}","size":1,"urls":["https://example.com/layer"]}
            """;
        using var reply = await client.PutManifest("v1", $$"""
            {"schemaVersion":2,"config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"{{config}}","size":2},"layers":[{{layers}}]}
            """);
        Assert.Equal(HttpStatusCode.Created, reply.StatusCode);
    }

    [Fact]
    public async Task Subject_need_not_exist()
    {
        var client = await RegistryClient.Fresh(server);
        var config = await client.PushBlob("{}"u8.ToArray());
        var subject = RegistryClient.Sha256([1]);
        // "A registry MUST initially accept an otherwise valid manifest with a subject field that references a manifest that does not exist".
        using var reply = await client.PutManifest("v1", $$"""
            {"schemaVersion":2,"config":{"mediaType":"application/vnd.oci.empty.v1+json","digest":"{{config}}","size":2},"layers":[],
             "subject":{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"{{subject}}","size":10} }
            """);
        Assert.Equal(HttpStatusCode.Created, reply.StatusCode);
        // "… MUST respond with the response header OCI-Subject: <subject digest>".
        Assert.Equal(subject, reply.Headers.GetValues("OCI-Subject").Single());
    }

    [Theory]
    [InlineData("{", RegistryClient.OciManifest)]
    [InlineData("[]", RegistryClient.OciManifest)]
    [InlineData("""{"schemaVersion":1,"fsLayers":[]}""", "application/vnd.docker.distribution.manifest.v1+prettyjws")]
    [InlineData("""{"schemaVersion":2,"manifests":[],"layers":[]}""", RegistryClient.OciIndex)]
    [InlineData("""{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}""", RegistryClient.OciManifest)]
    [InlineData("""{"schemaVersion":2,"manifests":[]}""", "text/html")]
    public async Task Document_that_is_no_manifest_is_MANIFEST_INVALID(string json, string contentType)
    {
        var client = await RegistryClient.Fresh(server);
        using var reply = await client.PutManifest("v1", json, contentType);
        Assert.StartsWith("MANIFEST_INVALID: ", await RegistryClient.Refusal(reply, HttpStatusCode.BadRequest));
    }

    [Theory]
    [InlineData("-x", "TAG_INVALID")]
    [InlineData("a%2Fb", "TAG_INVALID")]
    [InlineData("sha256:abc", "DIGEST_INVALID")]
    public async Task Reference_that_is_no_tag_and_no_digest_is_refused(string reference, string code)
    {
        var client = await RegistryClient.Fresh(server);
        using var put = await client.PutManifest(reference, "{}");
        Assert.StartsWith(code + ": ", await RegistryClient.Refusal(put, HttpStatusCode.BadRequest));
        using var get = await client.Get($"manifests/{reference}");
        Assert.StartsWith(code + ": ", await RegistryClient.Refusal(get, HttpStatusCode.BadRequest));
        using var delete = await client.Delete($"manifests/{reference}");
        Assert.StartsWith(code + ": ", await RegistryClient.Refusal(delete, HttpStatusCode.BadRequest));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Manifest_over_8_MiB_is_413_that_names_the_limit(bool stated)
    {
        var client = await RegistryClient.Fresh(server);
        await client.StartUpload();
        using var raw = await RawHttp.Connect(server);
        const int Length = 8 * 1024 * 1024 + 1;
        var head = $"PUT /v2/{client.Name}/manifests/v1 HTTP/1.1\nAuthorization: Bearer {client.Token}\nContent-Type: {RegistryClient.OciManifest}\n";
        // "… SHOULD respond to a request to push a manifest over this limit with a response code 413 Payload Too Large".
        await raw.Send(head + (stated ? $"Content-Length: {Length}\nExpect: 100-continue" : "Transfer-Encoding: chunked"));
        if (!stated)
            await raw.SendBytes([.. Encoding.ASCII.GetBytes($"{Length:x}\r\n"), .. new byte[Length], .. "\r\n0\r\n\r\n"u8]);
        var reply = await raw.Receive();
        Assert.Equal(413, reply.Status);
        Assert.Contains("SIZE_INVALID", reply.Body, StringComparison.Ordinal);
        Assert.Contains("8 MiB", reply.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Manifest_of_4_MiB_is_taken()
    {
        var client = await RegistryClient.Fresh(server);
        var json = await client.ImageManifest();
        // "Client and registry implementations SHOULD expect to be able to support manifest pushes of at least 4 megabytes."
        var large = json[..^1] + $",\"annotations\":{{\"padding\":\"{new string('x', 4 * 1024 * 1024)}\"}}}}";
        using var reply = await client.PutManifest("v1", large);
        Assert.Equal(HttpStatusCode.Created, reply.StatusCode);
        using var get = await client.Get("manifests/v1");
        Assert.Equal(large, await get.Content.ReadAsStringAsync(Cancel));
    }

    [Fact]
    public async Task Sizes_that_a_manifest_claims_cannot_overflow_what_is_counted()
    {
        var client = await RegistryClient.Fresh(server);
        var (config, layer) = (await client.PushBlob([1]), await client.PushBlob([2, 3]));
        var json = RegistryClient.Manifest((config, long.MaxValue), (layer, long.MaxValue), (layer, long.MaxValue));
        using var reply = await client.PutManifest("v1", json);
        Assert.Equal(HttpStatusCode.Created, reply.StatusCode);
        var counted = (await server.Query<long>("select total_size from manifests where digest = @digest",
            new { digest = Digest.Of(DigestAlgorithm.Sha256, Encoding.UTF8.GetBytes(json)).ToBytes() })).Single();
        // The document, one byte of config and, once, two of the layer: what is stored, not what is claimed.
        Assert.Equal(json.Length + 3, counted);
    }

    [Fact]
    public async Task Index_of_children_is_taken_and_one_with_a_missing_child_is_not()
    {
        var client = await RegistryClient.Fresh(server);
        var (child, json) = await client.PushImage("amd64");
        using var missing = await client.PutManifest("multi", RegistryClient.Index((child, json.Length), (RegistryClient.Sha256([1]), 5)), RegistryClient.OciIndex);
        Assert.StartsWith("MANIFEST_BLOB_UNKNOWN: ", await RegistryClient.Refusal(missing, HttpStatusCode.BadRequest));
        var index = RegistryClient.Index((child, json.Length));
        using var put = await client.PutManifest("multi", index, RegistryClient.OciIndex);
        Assert.Equal(HttpStatusCode.Created, put.StatusCode);
        using var get = await client.Get("manifests/multi");
        Assert.Equal(index, await get.Content.ReadAsStringAsync(Cancel));
        Assert.Equal(RegistryClient.OciIndex, get.Content.Headers.ContentType!.ToString());
    }

    [Fact]
    public async Task If_None_Match_with_the_digest_is_304_without_a_body()
    {
        var client = await RegistryClient.Fresh(server);
        var (digest, _) = await client.PushImage("latest");
        using var reply = await client.Get("manifests/latest", request => request.Headers.IfNoneMatch.Add(new EntityTagHeaderValue($"\"{digest}\"", isWeak: true)));
        Assert.Equal(HttpStatusCode.NotModified, reply.StatusCode);
        Assert.Empty(await reply.Content.ReadAsByteArrayAsync(Cancel));
        Assert.Equal(digest, reply.Headers.GetValues("Docker-Content-Digest").Single());
    }

    [Fact]
    public async Task Manifest_damaged_in_the_database_is_absent_and_heals_when_it_is_pushed_again()
    {
        await using var own = await TestServer.StartOwn();
        var client = await RegistryClient.Fresh(own);
        var (digest, json) = await client.PushImage("latest");
        var damaged = Encoding.UTF8.GetBytes(json.Replace("schemaVersion", "schemaversion", StringComparison.Ordinal));
        await own.Database.Write(transaction => transaction.Execute("update manifest_contents set content = @damaged", new { damaged }));
        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Head })
        {
            using var reply = await client.Send(method, $"manifests/{digest}");
            Assert.Equal(HttpStatusCode.NotFound, reply.StatusCode);
        }
        using var put = await client.PutManifest("latest", json);
        Assert.Equal(HttpStatusCode.Created, put.StatusCode);
        using var healed = await client.Get("manifests/latest");
        Assert.Equal(json, await healed.Content.ReadAsStringAsync(Cancel));
    }

    [Fact]
    public async Task Many_pushes_to_one_tag_at_once_all_succeed_and_one_of_them_stands()
    {
        var client = await RegistryClient.Fresh(server);
        var manifests = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => client.ImageManifest()));
        var replies = await Task.WhenAll(manifests.Select(json => client.PutManifest("latest", json)));
        Assert.All(replies, reply => Assert.Equal(HttpStatusCode.Created, reply.StatusCode));
        using var get = await client.Get("manifests/latest");
        Assert.Contains(await get.Content.ReadAsStringAsync(Cancel), manifests);
        // Every move but the first names what it took the tag from: a chain without a gap.
        var moves = await server.Query<long>("""
            select count(*) from tag_events e join repositories r on r.id = e.repository_id join routes p on p.project_id = r.project_id
            where p.path_lower = @path and e.previous_digest is not null and e.action = 2
            """, new { path = client.Name });
        Assert.Equal(7, moves.Single());
    }

    [Fact]
    public async Task Repository_without_content_is_NAME_UNKNOWN()
    {
        var client = await RegistryClient.Fresh(server);
        await client.StartUpload();
        var user = client.Name[..client.Name.IndexOf('/')];
        using var reply = await server.Send(HttpMethod.Get, $"/v2/{client.Name}/other/manifests/x", basic: $"root:{TestServer.RootToken}");
        Assert.StartsWith($"NAME_UNKNOWN: repository '{user}/hello/other' has no content yet", await RegistryClient.Refusal(reply, HttpStatusCode.NotFound));
    }
}

using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Berth.Tests.Harness;

namespace Berth.Tests.Images;

/// <summary>What the REST API tells of a manifest, and of the difference of two.</summary>
public sealed class ImageManifestTests(TestServer server)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_manifest_tells_layers_with_their_build_lines_config_and_annotations()
    {
        var image = await TestImage.Fresh(server);
        var settings = new JsonObject { ["Env"] = new JsonArray("PATH=/bin"), ["Entrypoint"] = new JsonArray("/app"), ["User"] = "1000", ["ExposedPorts"] = new JsonObject { ["80/tcp"] = new JsonObject() }, ["Labels"] = new JsonObject { ["a"] = "b" } };
        var config = TestImage.Config(settings, ("COPY a /", false), ("ENV PATH=/bin", true), ("RUN make", false));
        var digest = await image.PushBytes("v1", Encoding.UTF8.GetBytes(config.ToJsonString()), manifest => manifest["annotations"] = new JsonObject { ["org.example"] = "note" }, "one", "two");
        var seen = await Get(image, $"{await image.Rest()}/manifests/v1");
        Assert.Equal(digest, seen.GetProperty("digest").GetString());
        Assert.Equal(["one", "two"], [.. seen.GetProperty("layers").EnumerateArray().Select(layer => layer.GetProperty("digest").GetString() == RegistryClient.Sha256("one"u8.ToArray()) ? "one" : "two")]);
        Assert.Equal([RegistryClient.Sha256("one"u8.ToArray()), null, RegistryClient.Sha256("two"u8.ToArray())], [.. seen.GetProperty("history").EnumerateArray().Select(step => step.GetProperty("layer").GetString())]);
        Assert.Equal("note", seen.GetProperty("annotations").GetProperty("org.example").GetString());
        var content = seen.GetProperty("config").GetProperty("content");
        Assert.Equal("/app", content.GetProperty("entrypoint")[0].GetString());
        Assert.Equal("80/tcp", content.GetProperty("exposed_ports")[0].GetString());
        Assert.Equal("b", content.GetProperty("labels").GetProperty("a").GetString());
        Assert.Equal(seen.GetRawText(), (await Get(image, $"{await image.Rest()}/manifests/{digest}")).GetRawText());
    }

    [Theory]
    [InlineData("not json", "damaged")]
    [InlineData("[]", "damaged")]
    [InlineData("{\"config\":[],\"history\":{},\"author\":7}", "read")]
    [InlineData("{\"author\":\"\\ud800\"}", "damaged")]
    public async Task A_config_that_is_none_says_so_and_the_layers_stay(string config, string state)
    {
        var image = await TestImage.Fresh(server);
        await image.PushBytes("odd", Encoding.UTF8.GetBytes(config), null, "layer");
        var seen = await Get(image, $"{await image.Rest()}/manifests/odd");
        Assert.Equal(state, seen.GetProperty("config").GetProperty("state").GetString());
        Assert.Single(seen.GetProperty("layers").EnumerateArray());
    }

    [Fact]
    public async Task A_config_whose_bytes_are_gone_or_damaged_is_missing()
    {
        var image = await TestImage.Fresh(server);
        var config = Encoding.UTF8.GetBytes($$"""{"os":"linux","author":"{{Guid.NewGuid()}}"}""");
        await image.PushBytes("v1", config, null, "layer");
        await File.WriteAllBytesAsync(server.BlobFile(RegistryClient.Sha256(config)), new byte[config.Length], Cancel);
        var seen = await Get(image, $"{await image.Rest()}/manifests/v1");
        Assert.Equal("missing", seen.GetProperty("config").GetProperty("state").GetString());
    }

    [Fact]
    public async Task An_artifact_has_a_foreign_config_and_stands_among_the_referrers_of_its_subject()
    {
        var image = await TestImage.Fresh(server);
        var subject = await image.Push("v1", TestImage.Config(), "layer");
        var signature = await image.Attach(subject, 500, "application/vnd.dev.cosign.artifact.sig.v1+json", "application/vnd.dev.cosign.simplesigning.v1+json", "{}", new JsonObject { ["who"] = "me" });
        var referrer = Assert.Single((await Get(image, $"{await image.Rest()}/manifests/v1")).GetProperty("referrers").EnumerateArray());
        Assert.Equal(signature, referrer.GetProperty("digest").GetString());
        Assert.Equal("me", referrer.GetProperty("annotations").GetProperty("who").GetString());
        var artifact = await Get(image, $"{await image.Rest()}/manifests/{signature}");
        Assert.Equal("foreign", artifact.GetProperty("config").GetProperty("state").GetString());
        Assert.Equal(subject, artifact.GetProperty("subject").GetString());
    }

    [Fact]
    public async Task An_index_tells_its_platforms_with_their_sizes_and_its_attestations_apart()
    {
        var image = await TestImage.Fresh(server);
        var arm = await image.Push("arm", TestImage.Config(), "of arm");
        var proof = await image.Push("proof", TestImage.Config(), "a proof");
        var index = new JsonObject
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = RegistryClient.OciIndex,
            ["manifests"] = new JsonArray(
                Child(arm, new JsonObject { ["os"] = "linux", ["architecture"] = "arm64", ["variant"] = "v8" }, null),
                Child(proof, new JsonObject { ["os"] = "unknown", ["architecture"] = "unknown" }, new JsonObject { ["vnd.docker.reference.type"] = "attestation-manifest", ["vnd.docker.reference.digest"] = arm })),
        };
        using var put = await image.Client.PutManifest("all", index.ToJsonString(), RegistryClient.OciIndex);
        Assert.Equal(HttpStatusCode.Created, put.StatusCode);
        var seen = await Get(image, $"{await image.Rest()}/manifests/all");
        var platform = Assert.Single(seen.GetProperty("platforms").EnumerateArray());
        Assert.Equal("linux/arm64/v8", platform.GetProperty("platform").GetString());
        Assert.True(platform.GetProperty("total_size").GetInt64() > 0);
        Assert.Equal(arm, Assert.Single(seen.GetProperty("attestations").EnumerateArray()).GetProperty("of").GetString());
        Assert.Equal(JsonValueKind.Null, seen.GetProperty("config").ValueKind);
    }

    [Fact]
    public async Task A_comparison_tells_layers_in_common_added_and_removed_and_what_changed_in_the_config()
    {
        var image = await TestImage.Fresh(server);
        await image.Push("one", TestImage.Config(new JsonObject { ["Env"] = new JsonArray("A=1", "B=1"), ["Labels"] = new JsonObject { ["x"] = "1" }, ["User"] = "root" }), "base", "old");
        await image.Push("two", TestImage.Config(new JsonObject { ["Env"] = new JsonArray("A=2", "B=1"), ["Labels"] = new JsonObject { ["y"] = "1" }, ["User"] = "root" }), "base", "newer", "base");
        var seen = await Get(image, $"{await image.Rest()}/compare?from=one&to=two");
        Assert.Equal(["same", "added", "added", "removed"], [.. seen.GetProperty("layers").EnumerateArray().Select(layer => layer.GetProperty("change").GetString())]);
        Assert.Equal(["env A: 1 > 2", "label x: 1 > ", "label y:  > 1"], [.. seen.GetProperty("config").EnumerateArray()
            .Select(change => $"{change.GetProperty("field")} {change.GetProperty("name")}: {change.GetProperty("from")} > {change.GetProperty("to")}")]);
        Assert.True(seen.GetProperty("size_change").GetInt64() != 0);
    }

    [Theory]
    [InlineData("/manifests/none", 404)]
    [InlineData("/manifests/sha256:0000000000000000000000000000000000000000000000000000000000000000", 404)]
    [InlineData("/manifests/~bad", 404)]
    [InlineData("/manifests/v1?referrers_after=x", 400)]
    [InlineData("/compare?from=v1", 400)]
    [InlineData("/compare?from=v1&to=none", 404)]
    public async Task What_is_not_there_is_404_and_what_makes_no_sense_400(string path, int status)
    {
        var image = await TestImage.Fresh(server);
        await image.Push("v1", TestImage.Config(), "layer");
        using var reply = await server.Send(HttpMethod.Get, await image.Rest() + path, token: image.Owner.Token);
        Assert.Equal(status, (int)reply.StatusCode);
    }

    [Fact]
    public async Task A_repository_of_another_project_is_not_found_under_this_one()
    {
        var (one, other) = (await TestImage.Fresh(server), await TestImage.Fresh(server));
        await one.Push("v1", TestImage.Config(), "layer");
        await other.Push("v1", TestImage.Config(), "layer");
        using var reply = await server.Send(HttpMethod.Get, $"/api/v4/projects/{Uri.EscapeDataString(one.Path)}/registry/repositories/{await other.Id()}/manifests/v1", token: one.Owner.Token);
        Assert.Equal(HttpStatusCode.NotFound, reply.StatusCode);
    }

    private static JsonObject Child(string digest, JsonObject platform, JsonObject? annotations)
    {
        var child = new JsonObject { ["mediaType"] = RegistryClient.OciManifest, ["digest"] = digest, ["size"] = 500, ["platform"] = platform };
        if (annotations is not null)
            child["annotations"] = annotations;
        return child;
    }

    private async Task<JsonElement> Get(TestImage image, string path)
    {
        using var reply = await server.Send(HttpMethod.Get, path, token: image.Owner.Token);
        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
        return await reply.Content.ReadFromJsonAsync<JsonElement>(Cancel);
    }
}

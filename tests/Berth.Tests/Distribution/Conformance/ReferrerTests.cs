using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Berth.Oci;
using Berth.Tests.Harness;

namespace Berth.Tests.Distribution.Conformance;

/// <summary>/v2/NAME/referrers/DIGEST (distribution-spec 1.1, "Listing Referrers", end-12).</summary>
public sealed class ReferrerTests(TestServer server)
{
    private const string Sbom = "application/vnd.example.sbom.v1";

    private static readonly string Subject = RegistryClient.Sha256("subject"u8.ToArray());

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Manifest_without_referrers_has_an_empty_index_even_where_nothing_was_pushed()
    {
        var client = await Documents.Client(server);
        var never = new RegistryClient(server, client.Name + "/never", await server.RegistryToken($"root:{TestServer.RootToken}", $"repository:{client.Name}/never:pull"));
        var user = await server.NewUser();
        // "If the registry supports the referrers API, the registry MUST NOT return a 404 Not Found to a referrers API requests."
        foreach (var one in new[] { client, never, await RegistryClient.For(server, user, $"{user.Name}/project/not/made") })
        {
            using var reply = await one.Get($"referrers/{Subject}");
            Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
            // "The Content-Type header MUST be set to application/vnd.oci.image.index.v1+json."
            Assert.Equal(RegistryClient.OciIndex, reply.Content.Headers.ContentType!.ToString());
            Assert.Equal($$"""{"schemaVersion":2,"mediaType":"{{RegistryClient.OciIndex}}","manifests":[]}""", await reply.Content.ReadAsStringAsync(Cancel));
        }
    }

    [Theory]
    [InlineData("sha256:abc")]
    [InlineData("latest")]
    public async Task What_is_no_digest_is_400(string digest)
    {
        var client = await Documents.Client(server);
        // "If the request is invalid, such as a <digest> with an invalid syntax, a 400 Bad Request MUST be returned."
        using var reply = await client.Get($"referrers/{digest}");
        Assert.StartsWith("DIGEST_INVALID: ", await RegistryClient.Refusal(reply, HttpStatusCode.BadRequest));
        using var last = await client.Get($"referrers/{Subject}?last={digest}");
        Assert.StartsWith("DIGEST_INVALID: ", await RegistryClient.Refusal(last, HttpStatusCode.BadRequest));
    }

    [Fact]
    public async Task Descriptor_has_type_size_annotations_and_the_artifact_type_or_that_of_the_config()
    {
        var client = await Documents.Client(server);
        var annotations = new JsonObject { ["org.example.format"] = "json", ["ünï"] = "\"<\u0001" };
        var full = Documents.Artifact(Subject).With("annotations", annotations);
        // "If the artifactType is empty or missing in the image manifest, the value of artifactType MUST be set to the config descriptor mediaType value."
        var byConfig = Documents.Artifact(Subject, artifactType: "", configType: "application/vnd.example.config");
        // "If the artifactType is empty or missing in an index, the artifactType MUST be omitted."
        var index = Documents.Index(Subject);
        var typedIndex = Documents.Index(Subject).With("artifactType", Sbom);
        foreach (var document in new[] { full, byConfig, index, typedIndex })
        {
            using var put = await client.PutManifest(Documents.DigestOf(document), document.ToJsonString(), document["mediaType"]!.GetValue<string>());
            // "… MUST respond with the response header OCI-Subject: <subject digest>".
            Assert.Equal(Subject, put.Headers.GetValues("OCI-Subject").Single());
        }
        var listed = (await List(client, $"referrers/{Subject}")).Descriptors.ToDictionary(one => one.GetProperty("digest").GetString()!);
        Assert.Equal(4, listed.Count);
        Assert.Equal([Sbom, "application/vnd.example.config", null, Sbom],
            new[] { full, byConfig, index, typedIndex }.Select(one => listed[Documents.DigestOf(one)].TryGetProperty("artifactType", out var type) ? type.GetString() : null));
        Assert.All([full, byConfig, index, typedIndex], one =>
        {
            Assert.Equal(one["mediaType"]!.GetValue<string>(), listed[Documents.DigestOf(one)].GetProperty("mediaType").GetString());
            Assert.Equal(Documents.SizeOf(one), listed[Documents.DigestOf(one)].GetProperty("size").GetInt64());
        });
        // "The descriptors MUST include annotations from the image manifest or index."
        Assert.True(JsonNode.DeepEquals(annotations, JsonNode.Parse(listed[Documents.DigestOf(full)].GetProperty("annotations").GetRawText())));
        Assert.False(listed[Documents.DigestOf(index)].TryGetProperty("annotations", out _));
    }

    [Fact]
    public async Task Filter_leaves_one_artifact_type_and_says_so()
    {
        var client = await Documents.Client(server);
        var wanted = await client.Push(Documents.Artifact(Subject, "application/vnd.example+json"));
        await client.Push(Documents.Artifact(Subject, Sbom));
        // The last as many a script writes it: a '+' in a query is a space.
        foreach (var type in new[] { "application%2Fvnd.example%2Bjson", "application/vnd.example+json" })
        {
            var (descriptors, reply) = await List(client, $"referrers/{Subject}?artifactType={type}");
            Assert.Equal([wanted], descriptors.Select(one => one.GetProperty("digest").GetString()));
            // "If filtering is requested and applied, the response MUST include a header OCI-Filters-Applied: artifactType".
            Assert.Equal("artifactType", reply.Headers.GetValues("OCI-Filters-Applied").Single());
        }
        // "If a query results in no matching referrers, an empty manifest list MUST be returned."
        foreach (var type in new[] { "application/none", "a%00b", new string('x', 1000) })
            Assert.Empty((await List(client, $"referrers/{Subject}?artifactType={type}")).Descriptors);
        var (all, unfiltered) = await List(client, $"referrers/{Subject}?artifactType=");
        Assert.Equal(2, all.Count);
        Assert.False(unfiltered.Headers.Contains("OCI-Filters-Applied"));
    }

    [Fact]
    public async Task Pages_follow_each_other_by_Link_with_their_filter_and_hold_each_referrer_once()
    {
        var client = await Documents.Client(server);
        var pushed = new List<string>();
        foreach (var batch in Enumerable.Range(0, 505).Chunk(20))
        {
            pushed.AddRange(await Task.WhenAll(batch.Select(i =>
                client.Push(Documents.Artifact(Subject, Sbom).With("annotations", new JsonObject { ["number"] = $"{i}" })))));
        }
        await client.Push(Documents.Artifact(Subject, "application/other"));
        foreach (var (filter, count) in new[] { ("", 506), ("?artifactType=" + Uri.EscapeDataString(Sbom), 505) })
        {
            var (seen, pages, path) = (new List<string>(), 0, (string?)$"referrers/{Subject}{filter}");
            while (path is not null)
            {
                var (descriptors, reply) = await List(client, path);
                seen.AddRange(descriptors.Select(one => one.GetProperty("digest").GetString()!));
                Assert.Equal(filter.Length > 0, reply.Headers.Contains("OCI-Filters-Applied"));
                // "A Link header MUST be included in the response when the descriptor list cannot be returned in a single manifest."
                path = Next(reply);
                pages++;
            }
            Assert.Equal(2, pages);
            Assert.Equal(count, seen.Count);
            Assert.Equal(count, seen.Distinct().Count());
            Assert.Subset(seen.ToHashSet(), pushed.ToHashSet());
        }
    }

    [Fact]
    public async Task Page_ends_before_its_annotations_make_it_larger_than_clients_take()
    {
        var client = await Documents.Client(server);
        for (var i = 0; i < 4; i++)
            await client.Push(Documents.Artifact(Subject).With("annotations", new JsonObject { [$"padding{i}"] = new string('x', 900_000) }));
        var (first, reply) = await List(client, $"referrers/{Subject}");
        Assert.Equal(3, first.Count);
        Assert.True(reply.Content.Headers.ContentLength < 4 * 1024 * 1024);
        Assert.Single((await List(client, Next(reply)!)).Descriptors);
    }

    [Fact]
    public async Task Subject_need_not_be_there_before_and_a_deleted_referrer_is_listed_no_more()
    {
        var client = await Documents.Client(server);
        var subject = Documents.Artifact(subject: null);
        var referrer = await client.Push(Documents.Artifact(Documents.DigestOf(subject)));
        var path = $"referrers/{Documents.DigestOf(subject)}";
        Assert.Single((await List(client, path)).Descriptors);
        await client.Push(subject, "latest");
        Assert.Single((await List(client, path)).Descriptors);
        using var deleted = await client.Delete($"manifests/{referrer}");
        Assert.Equal(HttpStatusCode.Accepted, deleted.StatusCode);
        Assert.Empty((await List(client, path)).Descriptors);
    }

    [Fact]
    public async Task Referrers_of_another_repository_are_not_listed()
    {
        var other = await Documents.Client(server);
        await other.Push(Documents.Artifact(Subject));
        Assert.Empty((await List(await Documents.Client(server), $"referrers/{Subject}")).Descriptors);
    }

    [Fact]
    public async Task Subject_by_sha512_has_its_referrers()
    {
        var client = await Documents.Client(server);
        var subject = RegistryClient.Sha512("subject"u8.ToArray());
        var referrer = await client.Push(Documents.Artifact(subject));
        var (descriptors, _) = await List(client, $"referrers/{subject}");
        Assert.Equal([referrer], descriptors.Select(one => one.GetProperty("digest").GetString()));
    }

    [Fact]
    public async Task What_an_old_fallback_tag_lists_is_listed_once_and_only_with_that_subject()
    {
        var client = await Documents.Client(server);
        var (attached, foreign) = (Documents.Artifact(Subject), Documents.Artifact(subject: null));
        await client.Push(attached);
        await client.Push(foreign);
        // "Registries MUST include preexisting image manifests that are listed in an image index tagged with the referrers tag schema and
        // have a valid subject field in the referrers API response."
        await client.Push(Documents.Index(null, Child(attached), Child(foreign)), Subject.Replace(':', '-'));
        var (descriptors, _) = await List(client, $"referrers/{Subject}");
        Assert.Equal([Documents.DigestOf(attached)], descriptors.Select(one => one.GetProperty("digest").GetString()));
    }

    [Fact]
    public async Task Annotations_of_a_manifest_from_before_they_were_written_down_are_read_from_it()
    {
        var client = await Documents.Client(server);
        var document = Documents.Artifact(Subject).With("annotations", new JsonObject { ["a"] = "b" });
        document.Remove("mediaType");
        var json = document.ToJsonString();
        using var put = await client.PutManifest("old", json);
        Assert.Equal(HttpStatusCode.Created, put.StatusCode);
        var digest = Digest.Parse(Documents.DigestOf(document)).ToBytes();
        await server.Database.Write(transaction => transaction.Execute("update manifests set annotations = null where digest = @digest", new { digest }));
        var (descriptors, _) = await List(client, $"referrers/{Subject}");
        Assert.Equal("""{"a":"b"}""", descriptors.Single().GetProperty("annotations").GetRawText());
    }

    [Fact]
    public async Task Referrers_of_a_private_project_are_hidden_from_others()
    {
        var client = await Documents.Client(server);
        var stranger = await server.NewUser();
        using var anonymous = await server.Send(HttpMethod.Get, $"/v2/{client.Name}/referrers/{Subject}");
        Assert.Equal(HttpStatusCode.Unauthorized, anonymous.StatusCode);
        using var other = await server.Send(HttpMethod.Get, $"/v2/{client.Name}/referrers/{Subject}", basic: stranger.Basic);
        Assert.Equal(HttpStatusCode.Unauthorized, other.StatusCode);
    }

    private static JsonObject Child(JsonObject document) => Documents.Descriptor(RegistryClient.OciManifest, Documents.DigestOf(document), Documents.SizeOf(document));

    private static string? Next(HttpResponseMessage reply)
    {
        if (!reply.Headers.TryGetValues("Link", out var links))
            return null;
        var link = links.Single();
        Assert.EndsWith("; rel=\"next\"", link, StringComparison.Ordinal);
        return link[1..link.IndexOf('>', StringComparison.Ordinal)];
    }

    private static async Task<(List<JsonElement> Descriptors, HttpResponseMessage Reply)> List(RegistryClient client, string path)
    {
        var reply = await client.Get(path);
        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
        return ([.. (await reply.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("manifests").EnumerateArray()], reply);
    }
}

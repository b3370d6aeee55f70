using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Berth.Tests.Access;
using Berth.Tests.Groups;
using Berth.Tests.Harness;

namespace Berth.Tests.Images;

/// <summary>Search by name, tag, digest, commit and label, over all that the caller may see and nothing else.</summary>
public sealed class SearchTests(TestServer server)
{
    /// <summary>More than are read and judged one by one.</summary>
    private const int Many = 450;

    [Fact]
    public async Task Repository_is_found_by_the_start_of_each_word_of_its_name()
    {
        var (project, word) = (await ImageApi.NewProject(server), Word());
        await (await project.Image($"{word}-web/debug.tools")).PushImage("v1");
        await Eventually.True(async () => (await Find(project.Owner, "repository", word)).Count == 1);
        var path = $"{project.Path}/{word}-web/debug.tools";
        foreach (var q in new[] { path, word.ToUpperInvariant(), $"{word}-we", "debug.t", "tools", project.Path, "app%2F" + word })
            Assert.Contains(path, ImageApi.Names(await Find(project.Owner, "repository", q), "path"));
        Assert.Empty(await Find(project.Owner, "repository", word[1..]));
        var found = Assert.Single(await Find(project.Owner, "repository", word));
        Assert.Equal((project.Id, project.Path, $"{word}-web/debug.tools"), (found.GetProperty("project_id").GetInt64(), found.GetProperty("project_path").GetString(), found.GetProperty("name").GetString()));
    }

    [Fact]
    public async Task Renamed_project_s_images_are_found_by_the_new_name_alone()
    {
        var (project, word) = (await ImageApi.NewProject(server), Word());
        await (await project.Image()).PushImage("v1");
        await Eventually.True(async () => (await Find(project.Owner, "repository", project.Path)).Count == 1);
        await Api.Put(server, $"/projects/{project.Id}", project.Owner.Token, new { path = word });
        await Eventually.True(async () => (await Find(project.Owner, "repository", word)).Count == 1);
        Assert.Empty(await Find(project.Owner, "repository", project.Path));
    }

    [Fact]
    public async Task Tag_is_found_by_its_start()
    {
        var (project, word) = (await ImageApi.NewProject(server), Word());
        var image = await project.Image();
        var (digest, json) = await image.PushImage($"{word}-1");
        (await image.PutManifest($"{word}-2", json)).Dispose();
        await image.PushImage($"other-{word}");
        var found = await Find(project.Owner, "tag", word);
        Assert.Equal([$"{word}-1", $"{word}-2"], ImageApi.Names(found, "tag"));
        Assert.Equal((digest, $"{new Uri(server.Url).Authority}/{project.Path}:{word}-1"), (found[0].GetProperty("digest").GetString(), found[0].GetProperty("location").GetString()));
        Assert.Equal(2, (await ImageApi.All(server, $"/registry/search?kind=tag&q={word}&per_page=1", project.Owner.Token)).Count);
        (await image.Delete($"manifests/{digest}")).Dispose();
        Assert.Empty(await Find(project.Owner, "tag", word));
    }

    [Fact]
    public async Task Image_is_found_by_the_start_of_its_digest()
    {
        var project = await ImageApi.NewProject(server);
        var (digest, _) = await (await project.Image()).PushImage("v1");
        foreach (var q in new[] { digest, digest[..20], digest[7..20], digest[7..19].ToUpperInvariant(), digest[7..] })
            Assert.Equal("v1", Assert.Single(await Find(project.Owner, "digest", q)).GetProperty("tag").GetString());
        Assert.Empty(await Find(project.Owner, "digest", "sha512:" + digest[7..20]));
    }

    [Fact]
    public async Task Image_is_found_by_a_label_and_the_start_of_its_value()
    {
        var (project, key) = (await ImageApi.NewProject(server), $"org.example.{Word()}");
        var image = await project.Image();
        await PushLabelled(image, "v1", new() { [key] = "ünïcode=1 <b>", ["plain"] = "x" });
        await Eventually.True(async () => (await Find(project.Owner, "label", key)).Count == 1);
        foreach (var q in new[] { $"{key}=", $"{key}=ü", $"{key}=ünïcode=1 <b>" })
        {
            var label = Assert.Single(await Find(project.Owner, "label", Uri.EscapeDataString(q))).GetProperty("label");
            Assert.Equal((key, "ünïcode=1 <b>"), (label.GetProperty("key").GetString(), label.GetProperty("value").GetString()));
        }
        Assert.Empty(await Find(project.Owner, "label", $"{key}=b"));
        Assert.Empty(await Find(project.Owner, "label", key[..^1]));
        Assert.Empty(await Find(await server.NewUser(), "label", key));
    }

    [Fact]
    public async Task Image_is_found_by_the_commit_it_was_pushed_from_by_those_who_see_pipelines()
    {
        var project = await ImageApi.NewProject(server, "public");
        var sha = Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(20));
        var job = await RunningJobs.Start(server, project.Id, project.Owner.Id);
        await server.Database.Write(transaction => transaction.Execute("update pipelines set sha = @sha where project_id = @Id", new { sha, project.Id }));
        await new RegistryClient(server, project.Path, await server.RegistryToken(job, $"repository:{project.Path}:pull,push")).PushImage("v1");
        var found = Assert.Single(await Find(await project.Member(20), "commit", sha[..8]));
        Assert.Equal(("v1", sha, "main"), (found.GetProperty("tag").GetString(), found.GetProperty("commit").GetProperty("sha").GetString(), found.GetProperty("commit").GetProperty("ref").GetString()));
        Assert.Empty(await Find(await server.NewUser(), "commit", sha[..8]));
    }

    [Fact]
    public async Task Commit_with_very_many_tags_is_found_whole_page_by_page()
    {
        var project = await ImageApi.NewProject(server, "public");
        var sha = Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(20));
        var word = Word();
        var repository = await AddTags(project, word, 450);
        await server.Database.Write(transaction => transaction.Execute("update tags set commit_sha = @sha where repository_id = @repository and name <> 'first'", new { sha, repository }));
        var found = await Find(project.Owner, "commit", sha[..10]);
        Assert.Equal(Enumerable.Range(1000, 450).Select(i => $"{word}-{i}"), found.Select(result => result.GetProperty("tag").GetString()));
        Assert.Empty(await Find(await server.NewUser(), "commit", sha[..10]));
    }

    [Fact]
    public async Task Restored_tag_is_found_by_its_commit_again()
    {
        var project = await ImageApi.NewProject(server, "public");
        var sha = Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(20));
        var job = await RunningJobs.Start(server, project.Id, project.Owner.Id);
        await server.Database.Write(transaction => transaction.Execute("update pipelines set sha = @sha where project_id = @Id", new { sha, project.Id }));
        await new RegistryClient(server, project.Path, await server.RegistryToken(job, $"repository:{project.Path}:pull,push")).PushImage("v1");
        var tag = $"/projects/{project.Id}/registry/repositories/{await project.Repository()}/tags/v1";
        using var deleted = await server.Send(HttpMethod.Delete, "/api/v4" + tag, token: project.Owner.Token);
        Assert.Equal(HttpStatusCode.OK, deleted.StatusCode);
        Assert.Empty(await Find(project.Owner, "commit", sha));
        using var restored = await server.Send(HttpMethod.Post, $"/api/v4{tag}/restore", token: project.Owner.Token);
        Assert.Equal(HttpStatusCode.OK, restored.StatusCode);
        Assert.Single(await Find(project.Owner, "commit", sha));
    }

    [Fact]
    public async Task Without_a_kind_all_kinds_are_searched()
    {
        var (project, word) = (await ImageApi.NewProject(server), Word());
        var image = await project.Image(word);
        await PushLabelled(image, word, new() { [word] = "1" });
        await Eventually.True(async () => ImageApi.Names((await Api.Get(server, $"/registry/search?q={word}", project.Owner.Token)).EnumerateArray(), "kind").SequenceEqual(["repository", "tag", "label"]));
    }

    [Fact]
    public async Task Nobody_finds_what_they_may_not_pull_however_much_of_it_there_is()
    {
        var word = Word();
        var (theirs, open, own) = (await ImageApi.NewProject(server), await ImageApi.NewProject(server, "public"), await ImageApi.NewProject(server));
        await AddTags(theirs, word, Many);
        foreach (var project in new[] { open, own })
            await (await project.Image()).PushImage($"{word}-x");
        var stranger = await server.NewUser();
        var guest = await theirs.Member(10);
        Assert.Equal([open.Path], await Paths(stranger));
        Assert.Equal([open.Path], await Paths(guest));
        Assert.Equal(new[] { open.Path, own.Path }.Order(StringComparer.Ordinal), await Paths(own.Owner));
        async Task<IEnumerable<string>> Paths(TestUser user) => ImageApi.Names(await ImageApi.All(server, $"/registry/search?kind=tag&q={word}", user.Token), "path");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(Many)]
    public async Task Pages_hold_everything_once_in_order_whether_few_or_many_are_found(int more)
    {
        var (owner, word) = (await server.NewUser(), Word());
        var (group, path) = await Api.NewGroup(server, owner);
        var expected = new List<string>();
        foreach (var name in new[] { "a", "b", "c" })
        {
            var project = new ImageProject(server, owner, group, await Api.NewProject(server, owner, group, name), $"{path}/{name}");
            await AddTags(project, word, name == "b" ? more : 3);
            expected.AddRange(Enumerable.Range(1000, name == "b" ? more : 3).Select(i => $"{project.Path}:{word}-{i}"));
        }
        var found = await ImageApi.All(server, $"/registry/search?kind=tag&q={word}&per_page=4", owner.Token);
        Assert.Equal(expected, found.Select(one => $"{one.GetProperty("path").GetString()}:{one.GetProperty("tag").GetString()}"));
        Assert.Equal(expected.Count, (await ImageApi.All(server, $"/registry/search?kind=tag&q={word}&per_page=100", owner.Token)).Count);
    }

    [Fact]
    public async Task Many_images_of_one_label_or_digest_come_by_pages_too()
    {
        var (project, key) = (await ImageApi.NewProject(server), Word());
        var (digest, _) = await (await project.Image()).PushImage("v1");
        var prefix = Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(4));
        var repository = await project.Repository();
        await server.Database.Write(transaction =>
        {
            for (var i = 0; i < Many; i++)
            {
                var row = new { repository, key, value = $"v{i % 7}", old = Berth.Oci.Digest.Parse(digest).ToBytes(), digest = Convert.FromHexString($"01{prefix}{i:x8}{new string('0', 48)}") };
                transaction.Execute("insert into manifest_contents (digest, content, stored_at) values (@digest, @digest, 0)", row);
                transaction.Execute("""
                    insert into manifests (repository_id, digest, media_type, size, total_size, published_at, lease_until)
                    select repository_id, @digest, media_type, size, total_size, published_at, lease_until from manifests where repository_id = @repository and digest = @old
                    """, row);
                transaction.Execute("insert into manifest_labels (repository_id, digest, key, value) values (@repository, @digest, @key, @value)", row);
            }
        });
        foreach (var query in new[] { $"kind=label&q={key}=v", $"kind=label&q={key}", $"kind=digest&q={prefix}" })
        {
            var found = ImageApi.Names(await ImageApi.All(server, $"/registry/search?{query}&per_page=100", project.Owner.Token), "digest");
            Assert.Equal(Many, found.Distinct().Count());
            Assert.Equal(Many, found.Count);
        }
        Assert.Empty(await Find(await server.NewUser(), "label", key));
    }

    [Theory]
    [InlineData("")]
    [InlineData("kind=tag")]
    [InlineData("q=v1&kind=colour")]
    [InlineData("q=xyz&kind=digest")]
    [InlineData("q=abc&kind=commit")]
    [InlineData("q=a%2Fb&kind=tag")]
    [InlineData("q=%00&kind=label")]
    [InlineData("q=%3Dx&kind=label")]
    [InlineData("q=md5:abcdef&kind=digest")]
    [InlineData("q=v1&cursor=WyJhIiwiIiwiIiwiIl0")]
    [InlineData("q=v1&kind=tag&cursor=x")]
    [InlineData("q=v1&kind=tag&cursor=W251bGwsbnVsbCxudWxsLG51bGxd")]
    public async Task Search_for_what_cannot_be_is_a_bad_request(string query)
    {
        Assert.Equal(HttpStatusCode.BadRequest, await ImageApi.Status(server, $"/registry/search?{query}", (await server.SharedUser()).Token));
        Assert.Equal(HttpStatusCode.Unauthorized, await ImageApi.Status(server, $"/registry/search?{query}"));
    }

    [Fact]
    public async Task Hostile_words_find_nothing_and_break_nothing()
    {
        var user = await server.SharedUser();
        foreach (var q in new[] { "%", "_", "'", "\\", "<script>", "\u202e", "\ud83d\ude00", new string('z', 500) })
            Assert.Equal(0, (await Api.Get(server, $"/registry/search?q={Uri.EscapeDataString(q)}", user.Token)).GetArrayLength());
    }

    private Task<List<JsonElement>> Find(TestUser user, string kind, string q) => ImageApi.All(server, $"/registry/search?kind={kind}&q={q}", user.Token);

    /// <summary>Tags WORD-1000, WORD-1001 … of one image, put into the database: what pushing them takes is of no account here.</summary>
    private async Task<long> AddTags(ImageProject project, string word, int count)
    {
        await (await project.Image()).PushImage("first");
        var repository = await project.Repository();
        await server.Database.Write(transaction =>
        {
            for (var i = 0; i < count; i++)
            {
                transaction.Execute("""
                    insert into tags (repository_id, name, digest, version, total_size, published_at)
                    select repository_id, @name, digest, version, total_size, published_at from tags where repository_id = @repository and name = 'first'
                    """, new { repository, name = string.Create(CultureInfo.InvariantCulture, $"{word}-{1000 + i}") });
            }
        });
        return repository;
    }

    private static async Task PushLabelled(RegistryClient image, string tag, Dictionary<string, string> labels)
    {
        var config = Encoding.UTF8.GetBytes(JsonSerializer.Serialize(new { os = "linux", config = new { Labels = labels } }));
        (await image.PutManifest(tag, RegistryClient.Manifest((await image.PushBlob(config), config.Length)))).Dispose();
    }

    /// <summary>What no other test's images are called.</summary>
    private static string Word() => $"w{Guid.NewGuid():N}"[..12];
}

using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Berth.Tests.Access;
using Berth.Tests.Harness;

namespace Berth.Tests.Distribution;

/// <summary>/v2/_catalog: distribution's list of images, filtered by the rights of whoever asks.</summary>
public sealed class CatalogTests : IAsyncLifetime
{
    private const string Scope = "registry:catalog:*";

    private TestServer _server = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _server = await TestServer.StartOwn();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Everyone_sees_the_images_that_they_may_pull()
    {
        var (ada, bob) = (await _server.NewUser(), await _server.NewUser());
        var hidden = await Pushed(ada, "hidden");
        var (open, inner) = (await Pushed(ada, "open/one"), await Pushed(ada, "inner"));
        var own = await Pushed(bob, "own");
        await Projects.SetVisibility(_server, ada, "open", "public");
        await Projects.SetVisibility(_server, ada, "inner", "internal");
        Assert.Equal(Sorted(hidden, open, inner), await Names(ada.Basic));
        Assert.Equal(Sorted(open, inner, own), await Names(bob.Basic));
        Assert.Equal(Sorted(hidden, open, inner, own), await Names($"root:{TestServer.RootToken}"));
        Assert.Equal([open], await Names(null));
        // What is pulled by members alone, or not at all, is not shown either.
        await Projects.Change(_server, ada, "open", new { container_registry_access_level = "private" });
        await Projects.Change(_server, ada, "inner", new { container_registry_access_level = "disabled" });
        Assert.Equal(Sorted(hidden, open), await Names(ada.Basic));
        Assert.Equal([own], await Names(bob.Basic));
        Assert.Empty(await Names(null));
        await Projects.Change(_server, ada, "open", new { container_registry_access_level = "enabled", visibility = "private" });
        Assert.Equal([own], await Names(bob.Basic));
    }

    [Fact]
    public async Task Image_of_a_public_project_is_seen_from_its_first_push_on_and_ends_with_its_last_tag()
    {
        var user = await _server.NewUser();
        await Pushed(user, "open/one");
        await Projects.SetVisibility(_server, user, "open", "public");
        var two = await RegistryClient.For(_server, user, $"{user.Name}/open/two");
        await two.StartUpload();
        Assert.Equal([$"{user.Name}/open/one"], await Names(null));
        await two.PushImage("latest");
        Assert.Equal([$"{user.Name}/open/one", $"{user.Name}/open/two"], await Names(null));
        using var deleted = await two.Delete("manifests/latest");
        Assert.Equal([$"{user.Name}/open/one"], await Names(null));
    }

    [Fact]
    public async Task Names_come_in_byte_order_where_one_is_the_beginning_of_another_and_pages_follow_by_Link()
    {
        var user = await _server.NewUser();
        // distribution #4898, #4904.
        string[] names = ["a", "a-b", "a.b/c", "a/b", "a/b/c", "a0", "ab"];
        foreach (var name in names)
            await Pushed(user, name);
        await Projects.SetVisibility(_server, user, "a-b", "public");
        await Projects.SetVisibility(_server, user, "ab", "internal");
        var expected = names.Select(name => $"{user.Name}/{name}").Order(StringComparer.Ordinal).ToList();
        for (var size = 1; size <= names.Length + 1; size++)
        {
            var (seen, path) = (new List<string>(), (string?)$"/v2/_catalog?n={size}");
            while (path is not null)
            {
                var (page, link) = await Page(path, user.Basic);
                Assert.InRange(page.Count, 1, size);
                seen.AddRange(page);
                path = link;
            }
            Assert.Equal(expected, seen);
        }
    }

    [Fact]
    public async Task List_goes_on_behind_a_last_that_is_no_name()
    {
        var user = await _server.NewUser();
        var (a, b) = (await Pushed(user, "a"), await Pushed(user, "b"));
        Assert.Equal([b], (await Page($"/v2/_catalog?last={a}/gone", user.Basic)).Names);
        Assert.Equal([a, b], (await Page("/v2/_catalog?last=%00", user.Basic)).Names);
        Assert.Empty((await Page("/v2/_catalog?last=~", user.Basic)).Names);
        var (none, link) = await Page("/v2/_catalog?n=0", user.Basic);
        Assert.Empty(none);
        Assert.Null(link);
        using var refused = await _server.Send(HttpMethod.Get, "/v2/_catalog?n=-1", basic: user.Basic);
        Assert.StartsWith("PAGINATION_NUMBER_INVALID: ", await RegistryClient.Refusal(refused, HttpStatusCode.BadRequest));
    }

    [Fact]
    public async Task Token_lists_only_if_it_was_issued_for_that()
    {
        var user = await _server.NewUser();
        var name = await Pushed(user, "a");
        using var none = await _server.Send(HttpMethod.Get, "/v2/_catalog");
        Assert.StartsWith("UNAUTHORIZED: ", await RegistryClient.Refusal(none, HttpStatusCode.Unauthorized));
        Assert.Contains($"scope=\"{Scope}\"", none.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        using var other = await _server.Send(HttpMethod.Get, "/v2/_catalog", bearer: await _server.RegistryToken(user.Basic, $"repository:{name}:pull"));
        Assert.Contains("error=\"insufficient_scope\"", other.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        using var right = await _server.Send(HttpMethod.Get, "/v2/_catalog", bearer: await _server.RegistryToken(user.Basic, Scope, $"repository:{name}:pull"));
        Assert.Equal($"{{\"repositories\":[\"{name}\"]}}", await right.Content.ReadAsStringAsync(Cancel));
        Assert.Equal("application/json", right.Content.Headers.ContentType!.ToString());
    }

    [Fact]
    public async Task Credential_without_the_right_to_pull_sees_nothing_and_a_deploy_token_its_project()
    {
        var user = await _server.NewUser();
        var (one, _) = (await Pushed(user, "one/image"), await Pushed(user, "two"));
        var pushOnly = await _server.NewToken(user.Id, "write_registry");
        Assert.Empty(await Names($"{user.Name}:{pushOnly.GetProperty("token").GetString()}"));
        using var made = await _server.Send(HttpMethod.Post, $"/api/v4/projects/{user.Name}%2Fone/deploy_tokens",
            JsonContent.Create(new { name = "reader", scopes = new[] { "read_registry" } }), token: user.Token);
        var deploy = await made.Content.ReadFromJsonAsync<JsonElement>(Cancel);
        Assert.Equal([one], await Names($"{deploy.GetProperty("username").GetString()}:{deploy.GetProperty("token").GetString()}"));
    }

    [Fact]
    public async Task More_images_than_a_page_come_by_Link_without_n()
    {
        var user = await _server.NewUser();
        var name = await Pushed(user, "many");
        await _server.Database.Write(transaction =>
        {
            var made = transaction.QuerySingle<long>("select id from repositories where image_name = @name", new { name });
            for (var i = 0; i < 1200; i++)
            {
                var id = transaction.QuerySingle<long>("""
                    insert into repositories (project_id, name, created_at, image_name) select project_id, @suffix, 0, image_name || '/' || @suffix from repositories where id = @made returning id
                    """, new { made, suffix = $"i{i:0000}" });
                transaction.Execute("""
                    insert into manifests (repository_id, digest, media_type, size, total_size, published_at, lease_until)
                    select @id, digest, media_type, size, total_size, 0, 0 from manifests where repository_id = @made
                    """, new { id, made });
                transaction.Execute("insert into tags (repository_id, name, digest, version, total_size, published_at) select @id, name, digest, 1, 1, 0 from tags where repository_id = @made", new { id, made });
            }
        });
        var (first, link) = await Page("/v2/_catalog", user.Basic);
        Assert.Equal(1000, first.Count);
        var (second, end) = await Page(link!, user.Basic);
        Assert.Equal(201, second.Count);
        Assert.Null(end);
    }

    private static List<string> Sorted(params string[] names) => [.. names.Order(StringComparer.Ordinal)];

    private async Task<string> Pushed(TestUser user, string image)
    {
        var client = await RegistryClient.For(_server, user, $"{user.Name}/{image}");
        await client.PushImage("latest");
        return client.Name;
    }

    /// <summary>All names; by a token for the catalog, or for null by an anonymous one.</summary>
    private async Task<List<string>> Names(string? basic)
    {
        using var answer = await _server.Send(HttpMethod.Get, $"/jwt/auth?service=container_registry&scope={Scope}", basic: basic);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var token = (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("token").GetString();
        using var reply = await _server.Send(HttpMethod.Get, "/v2/_catalog", bearer: token);
        return await Read(reply);
    }

    private async Task<(List<string> Names, string? Link)> Page(string path, string basic)
    {
        using var reply = await _server.Send(HttpMethod.Get, path, basic: basic);
        var link = reply.Headers.TryGetValues("Link", out var links) ? links.Single() : null;
        return (await Read(reply), link?[1..link.IndexOf('>', StringComparison.Ordinal)]);
    }

    private static async Task<List<string>> Read(HttpResponseMessage reply)
    {
        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
        return [.. (await reply.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("repositories").EnumerateArray().Select(name => name.GetString()!)];
    }
}

using System.Net;
using Berth.Server.Access.Places;
using Berth.Tests.Git;
using Berth.Tests.Groups;
using Berth.Tests.Harness;
using Berth.Tests.Web;
using Microsoft.Extensions.DependencyInjection;

namespace Berth.Tests.Moves;

/// <summary>The path that a project or group left: reads go on by it for those who may see it, writes are told the new one.</summary>
public sealed class AliasTests(TestServer server)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_pull_by_the_old_name_goes_on_with_a_warning_that_names_the_new_one()
    {
        var owner = await server.NewUser();
        var (id, image, _, digest) = await Place.WithImage(server, owner);
        await (await RegistryClient.For(server, owner, image + "/web")).PushImage("latest");
        await Api.Put(server, $"/projects/{id}", owner.Token, new { path = "Next" });
        var now = image[..^3] + "next";
        // "Registry implementations MAY include informational warnings … a `warn-agent` of `-` and a `warn-code` of `299`".
        Assert.Equal((digest, $"299 - \"{image} moved to {now}: pull it by that name, this one ends 30 days after the move\""), await Place.Pull(server, owner, image));
        Assert.Contains($"moved to {now}/web:", (await Place.Pull(server, owner, image + "/web")).Warning, StringComparison.Ordinal);
        var client = await RegistryClient.For(server, owner, image);
        using var manifest = await client.Get($"manifests/{digest}");
        using var tags = await client.Get("tags/list");
        using var referrers = await client.Get($"referrers/{digest}");
        Assert.All([manifest, tags, referrers], reply => Assert.Equal((HttpStatusCode.OK, true), (reply.StatusCode, reply.Headers.Contains("Warning"))));
    }

    [Fact]
    public async Task Writes_by_the_old_name_are_refused_and_told_the_new_one()
    {
        var owner = await server.NewUser();
        var (id, image, _, digest) = await Place.WithImage(server, owner);
        var upload = await (await RegistryClient.For(server, owner, image)).StartUpload();
        await Api.Put(server, $"/projects/{id}", owner.Token, new { path = "next" });
        var said = $"DENIED: '{image}' moved to '{image[..^3]}next': push there";
        Assert.StartsWith(said, await Place.PushRefusal(server, owner, image), StringComparison.Ordinal);
        // docker asks for both, is granted the pull, and prints what the push's challenge says.
        var client = await RegistryClient.For(server, owner, image);
        foreach (var (method, path) in new[] { (HttpMethod.Post, "blobs/uploads/"), (HttpMethod.Put, "manifests/latest"), (HttpMethod.Delete, $"manifests/{digest}"), (HttpMethod.Patch, upload) })
        {
            using var refused = await client.Send(method, path, new ByteArrayContent([]));
            Assert.StartsWith(said, await RegistryClient.Refusal(refused, HttpStatusCode.Unauthorized), StringComparison.Ordinal);
            Assert.Contains($"error_description=\"'{image}' moved to", refused.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        }
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Accepted), await Place.Try(server, owner, image[..^3] + "next"));
    }

    [Fact]
    public async Task An_old_name_tells_a_stranger_nothing()
    {
        var (owner, stranger) = (await server.NewUser(), await server.NewUser());
        var (id, image, group, _) = await Place.WithImage(server, owner);
        await Api.Put(server, $"/projects/{id}", owner.Token, new { path = "next" });
        var old = image.Split('/')[0];
        await Api.Put(server, $"/groups/{group}", owner.Token, new { path = Place.Fresh() });
        async Task<string> Said(HttpMethod method, string path)
        {
            var api = path.StartsWith("/api", StringComparison.Ordinal);
            using var reply = await server.Send(method, path, basic: api ? null : stranger.Basic, token: api ? stranger.Token : null);
            return $"{reply.StatusCode} {reply.Headers.WwwAuthenticate} {await reply.Content.ReadAsStringAsync(Cancel)}".Replace(old, "nowhere-11", StringComparison.Ordinal);
        }
        foreach (var (method, path) in new[]
        {
            (HttpMethod.Get, "/v2/OLD/app/manifests/latest"), (HttpMethod.Post, "/v2/OLD/app/blobs/uploads/"), (HttpMethod.Get, "/OLD/app.git/info/refs?service=git-upload-pack"),
            (HttpMethod.Get, "/OLD/app.git/info/refs?service=git-receive-pack"), (HttpMethod.Get, "/api/v4/projects/OLD%2Fapp"), (HttpMethod.Put, "/api/v4/projects/OLD%2Fapp"),
            (HttpMethod.Get, "/api/v4/groups/OLD"), (HttpMethod.Delete, "/api/v4/groups/OLD"),
        })
            Assert.Equal(await Said(method, path.Replace("OLD", "nowhere-11", StringComparison.Ordinal)), await Said(method, path.Replace("OLD", old, StringComparison.Ordinal)));
        using var browser = await Browser.SignedIn(server, stranger);
        await browser.Page($"/{image}", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_new_project_at_the_old_path_ends_the_alias()
    {
        var owner = await server.NewUser();
        var (id, image, group, digest) = await Place.WithImage(server, owner);
        await Api.Put(server, $"/projects/{id}", owner.Token, new { path = "next" });
        Assert.Equal(digest, (await Place.Pull(server, owner, image)).Digest);
        var second = await Api.NewProject(server, owner, group, "APP");
        Assert.Equal(HttpStatusCode.NotFound, (await Place.Try(server, owner, image)).Pull);
        await (await RegistryClient.For(server, owner, image)).PushImage("latest");
        var pulled = await Place.Pull(server, owner, image);
        Assert.Equal("", pulled.Warning);
        Assert.NotEqual(digest, pulled.Digest);
        // Also when that goes again, the past does not come back.
        await Api.Delete(server, $"/projects/{second}", owner.Token, HttpStatusCode.Accepted);
        Assert.Equal(HttpStatusCode.Unauthorized, (await Place.Try(server, owner, image)).Pull);
    }

    [Fact]
    public async Task A_new_group_or_user_at_the_old_path_ends_the_aliases_below_it()
    {
        var owner = await server.NewUser();
        var other = await server.NewUser();
        foreach (var byUser in new[] { false, true })
        {
            var (_, image, group, _) = await Place.WithImage(server, owner, "public");
            var old = image.Split('/')[0];
            await Api.Put(server, $"/groups/{group}", owner.Token, new { path = Place.Fresh() });
            Assert.Equal(HttpStatusCode.OK, (await Place.Try(server, other, image)).Pull);
            if (byUser)
                await server.Post("/api/v4/users", new { username = old, password = "password of " + old });
            else
                await Api.NewGroup(server, other, path: old);
            Assert.Equal(HttpStatusCode.Unauthorized, (await Place.Try(server, owner, image)).Pull);
        }
    }

    [Fact]
    public async Task A_push_to_an_old_path_in_ones_own_namespace_makes_a_new_project_once_the_old_one_is_out_of_sight()
    {
        var (user, other) = (await server.NewUser(), await server.NewUser());
        var image = $"{user.Name}/app";
        await (await RegistryClient.For(server, user, image)).PushImage("latest");
        var id = (await Api.Get(server, $"/projects/{Uri.EscapeDataString(image)}", user.Token)).GetProperty("id").GetInt64();
        var (group, path) = await Api.NewGroup(server, other);
        await Api.Put(server, $"/projects/{id}/transfer", TestServer.RootToken, new { @namespace = group });
        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.Accepted), await Place.Try(server, user, image));
        Assert.Equal("", (await Api.Get(server, $"/projects/{Uri.EscapeDataString(image)}", user.Token)).GetProperty("description").GetString());
        Assert.Equal(HttpStatusCode.OK, (await Place.Try(server, other, $"{path}/app")).Pull);
        Assert.Equal(HttpStatusCode.Unauthorized, (await Place.Try(server, other, image)).Pull);
    }

    [Fact]
    public async Task After_two_renames_both_old_names_serve_and_after_a_rename_back_the_first_is_the_name_again()
    {
        var owner = await server.NewUser();
        var (id, image, group, digest) = await Place.WithImage(server, owner);
        var root = image.Split('/')[0];
        await Api.Put(server, $"/projects/{id}", owner.Token, new { path = "second" });
        var next = Place.Fresh();
        await Api.Put(server, $"/groups/{group}", owner.Token, new { path = next });
        await Api.Put(server, $"/projects/{id}", owner.Token, new { path = "third" });
        foreach (var old in new[] { image, $"{root}/second", $"{next}/second" })
            Assert.Equal((digest, true), ((await Place.Pull(server, owner, old)).Digest, (await Place.Pull(server, owner, old)).Warning.Contains($"moved to {next}/third:", StringComparison.Ordinal)));
        await Api.Put(server, $"/groups/{group}", owner.Token, new { path = root });
        await Api.Put(server, $"/projects/{id}", owner.Token, new { path = "app" });
        Assert.Equal((digest, ""), await Place.Pull(server, owner, image));
        Assert.Contains($"moved to {image}:", (await Place.Pull(server, owner, $"{next}/third")).Warning, StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Accepted), await Place.Try(server, owner, image));
    }

    [Fact]
    public async Task A_blob_is_mounted_from_an_old_name()
    {
        var owner = await server.NewUser();
        var (id, image, group, _) = await Place.WithImage(server, owner);
        var digest = await (await RegistryClient.For(server, owner, image)).PushBlob([1, 2, 3]);
        await Api.Put(server, $"/projects/{id}", owner.Token, new { path = "next" });
        await Api.NewProject(server, owner, group, "target");
        var target = image[..^3] + "target";
        using var mounted = await server.Send(HttpMethod.Post, $"/v2/{target}/blobs/uploads/?mount={digest}&from={image}",
            bearer: await server.RegistryToken(owner.Basic, $"repository:{target}:pull,push", $"repository:{image}:pull"));
        Assert.Equal(HttpStatusCode.Created, mounted.StatusCode);
    }

    [Fact]
    public async Task The_API_sends_reads_of_an_old_path_on_to_the_number_and_names_the_new_path_to_writes()
    {
        var owner = await server.NewUser();
        var (id, image, group, _) = await Place.WithImage(server, owner);
        var old = image.Split('/')[0];
        var next = Place.Fresh();
        await Api.Put(server, $"/groups/{group}", owner.Token, new { path = next });
        foreach (var (from, to) in new[]
        {
            ($"/projects/{old}%2FAPP", $"/projects/{id}"), ($"/projects/{old}%2Fapp/members/all?per_page=5&x=%2F", $"/projects/{id}/members/all?per_page=5&x=%2F"),
            ($"/groups/{old}", $"/groups/{group}"), ($"/groups/{old}/projects?page=1", $"/groups/{group}/projects?page=1"),
        })
        {
            using var reply = await server.Send(HttpMethod.Get, "/api/v4" + from, token: owner.Token);
            Assert.Equal((HttpStatusCode.MovedPermanently, "/api/v4" + to), (reply.StatusCode, reply.Headers.Location?.OriginalString));
        }
        Assert.Contains($"it moved to '{next}/app'", (await Api.Delete(server, $"/projects/{old}%2Fapp", owner.Token, HttpStatusCode.NotFound)).ToString(), StringComparison.Ordinal);
        Assert.Contains($"it moved to '{next}'", (await Api.Put(server, $"/groups/{old}", owner.Token, new { name = "x" }, HttpStatusCode.NotFound)).ToString(), StringComparison.Ordinal);
        // Projects are made at numbers of namespaces, and a new owner of the path is not what one reads by it.
        await Api.NewGroup(server, owner, path: old);
        await Api.Get(server, $"/projects/{old}%2Fapp", owner.Token, HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Pages_at_an_old_path_lead_to_the_new_one_forms_too()
    {
        var owner = await server.NewUser();
        var (id, image, _, _) = await Place.WithImage(server, owner);
        await Api.Put(server, $"/projects/{id}", owner.Token, new { path = "Next" });
        var now = image[..^3] + "Next";
        using var browser = await Browser.SignedIn(server, owner);
        foreach (var (tail, status) in new[] { ("", HttpStatusCode.Found), ("/-/container_registry", HttpStatusCode.Found), ("/-/pipelines?page=2", HttpStatusCode.Found) })
        {
            using var reply = await browser.Get($"/{image}{tail}");
            Assert.Equal((status, $"/{now}{tail}"), (reply.StatusCode, reply.Headers.Location?.OriginalString));
        }
        using var form = await browser.Post($"/{image}/-/pipelines/1/cancel", []);
        Assert.Equal((HttpStatusCode.TemporaryRedirect, $"/{now}/-/pipelines/1/cancel"), (form.StatusCode, form.Headers.Location?.OriginalString));
        using var stranger = new Browser(server);
        using var asked = await stranger.Get($"/{image}");
        Assert.StartsWith("/users/sign_in", asked.Headers.Location?.OriginalString, StringComparison.Ordinal);
        await Api.Put(server, $"/projects/{id}", owner.Token, new { path = "Next" });
    }

    [Fact]
    public async Task Git_fetches_by_the_old_path_and_a_push_is_told_the_new_one()
    {
        var (user, path, client) = await GitFixture.Pushed(server);
        using var _ = client;
        var id = await GitFixture.ProjectId(server, path);
        await Api.Put(server, $"/projects/{id}", user.Token, new { path = "renamed" });
        using var other = new GitClient();
        await other.Ok("clone", "--quiet", GitClient.Url(server, path + ".git", user), ".");
        Assert.Equal(await client.Head(), await other.Head());
        await client.Commit("b.txt", "b");
        Assert.Contains($"'{path}' moved to '{user.Name}/renamed': push there", await client.Fails("push", "origin", "main"), StringComparison.Ordinal);
        await client.Ok("push", "--quiet", GitClient.Url(server, $"{user.Name}/renamed.git", user), "main");
        await other.Ok("pull", "--quiet");
        Assert.Equal(await client.Head(), await other.Head());
    }

    [Fact]
    public async Task After_30_days_an_old_name_is_as_if_it_had_never_been_and_its_row_goes()
    {
        await using var own = await TestServer.StartOwn();
        var owner = await own.NewUser();
        var (id, image, _, _) = await Place.WithImage(own, owner);
        await Api.Put(own, $"/projects/{id}", owner.Token, new { path = "next" });
        own.Clock.Advance(TimeSpan.FromDays(30) - TimeSpan.FromMinutes(5));
        Assert.Equal(HttpStatusCode.OK, (await Place.Try(own, owner, image)).Pull);
        await own.Services.GetRequiredService<RouteAliases>().RemoveExpired(Cancel);
        Assert.Single(await own.Query<string>("select path_lower from route_aliases"));
        own.Clock.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized), await Place.Try(own, owner, image));
        await Api.Get(own, $"/projects/{Uri.EscapeDataString(image)}", owner.Token, HttpStatusCode.NotFound);
        await own.Services.GetRequiredService<RouteAliases>().RemoveExpired(Cancel);
        Assert.Empty(await own.Query<string>("select path_lower from route_aliases"));
    }
}

using System.Net;
using System.Net.Http.Json;
using Berth.Tests.Groups;
using Berth.Tests.Harness;

namespace Berth.Tests.Moves;

/// <summary>New names for projects and groups that hold images: all of it is there by the new name at once.</summary>
public sealed class RenameTests(TestServer server)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_renamed_project_has_its_images_under_the_new_name_in_registry_catalog_and_API()
    {
        var owner = await server.NewUser();
        var (id, image, _, digest) = await Place.WithImage(server, owner);
        await (await RegistryClient.For(server, owner, image + "/web/debug")).PushImage("latest");
        var path = image[..^3] + "Renamed";
        var renamed = await Api.Put(server, $"/projects/{id}", owner.Token, new { path = "Renamed", name = "New name" });
        Assert.Equal((path, "New name"), (renamed.GetProperty("path_with_namespace").GetString(), renamed.GetProperty("name").GetString()));
        var name = path.ToLowerInvariant();
        Assert.Equal((digest, ""), await Place.Pull(server, owner, name));
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Accepted), await Place.Try(server, owner, name + "/web/debug"));
        Assert.Equal([name, name + "/web/debug"], await Place.Catalog(server, owner, image[..^3]));
        Assert.Equal([path], Api.Texts(await Api.Get(server, "/projects?membership=true", owner.Token), "path_with_namespace"));
    }

    [Fact]
    public async Task A_renamed_group_takes_along_whatever_is_below_it_and_nothing_beside_it()
    {
        var owner = await server.NewUser();
        var top = Place.Fresh();
        var (group, _) = await Api.NewGroup(server, owner, path: top);
        var (sub, _) = await Api.NewGroup(server, owner, group, path: "Sub");
        var (beside, _) = await Api.NewGroup(server, owner, path: top + "-more");
        foreach (var (place, path) in new[] { (group, $"{top}/app"), (sub, $"{top}/sub/app"), (beside, $"{top}-more/app") })
        {
            await Api.NewProject(server, owner, place, "app");
            await (await RegistryClient.For(server, owner, path)).PushImage("latest");
        }
        var next = Place.Fresh();
        Assert.Equal(next, (await Api.Put(server, $"/groups/{group}", owner.Token, new { path = next })).GetProperty("full_path").GetString());
        Assert.Equal(new[] { $"{top}-more/app", $"{next}/app", $"{next}/sub/app" }.Order(StringComparer.Ordinal), await Place.Catalog(server, owner, top, next));
        Assert.Equal($"{next}/Sub", (await Api.Get(server, $"/groups/{sub}", owner.Token)).GetProperty("full_path").GetString());
        Assert.Equal(HttpStatusCode.Accepted, (await Place.Try(server, owner, $"{next}/sub/app")).Push);
    }

    [Fact]
    public async Task A_change_of_upper_case_alone_is_no_move()
    {
        var owner = await server.NewUser();
        var (id, image, group, digest) = await Place.WithImage(server, owner);
        Assert.EndsWith("/APP", (await Api.Put(server, $"/projects/{id}", owner.Token, new { path = "APP" })).GetProperty("path_with_namespace").GetString(), StringComparison.Ordinal);
        await Api.Put(server, $"/groups/{group}", owner.Token, new { path = image.Split('/')[0].ToUpperInvariant() });
        Assert.Equal(image.Split('/')[0].ToUpperInvariant() + "/APP", (await Api.Get(server, $"/projects/{id}", owner.Token)).GetProperty("path_with_namespace").GetString());
        Assert.Equal((digest, ""), await Place.Pull(server, owner, image));
    }

    [Theory]
    [InlineData("Groups")]
    [InlineData("app.git")]
    [InlineData("a/b")]
    [InlineData("-")]
    [InlineData("")]
    public async Task A_name_that_no_image_can_have_or_that_is_reserved_is_refused(string path)
    {
        var owner = await server.SharedUser();
        var (group, _) = await Api.NewGroup(server, owner);
        var project = await Api.NewProject(server, owner, group, "app");
        await Api.Put(server, $"/projects/{project}", owner.Token, new { path }, HttpStatusCode.BadRequest);
        await Api.Put(server, $"/groups/{group}", owner.Token, new { path }, HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_taken_path_is_refused_whoever_has_it_and_whatever_its_case()
    {
        var owner = await server.NewUser();
        var (group, path) = await Api.NewGroup(server, owner);
        var project = await Api.NewProject(server, owner, group, "app");
        await Api.NewProject(server, owner, group, "other");
        var (sub, _) = await Api.NewGroup(server, owner, group, path: "sub");
        foreach (var taken in new[] { "OTHER", "Sub" })
            Assert.Contains("has already been taken", (await Api.Put(server, $"/projects/{project}", owner.Token, new { path = taken }, HttpStatusCode.BadRequest)).ToString(), StringComparison.Ordinal);
        Assert.Contains("has already been taken", (await Api.Put(server, $"/groups/{sub}", owner.Token, new { path = "App" }, HttpStatusCode.BadRequest)).ToString(), StringComparison.Ordinal);
        Assert.Contains("has already been taken", (await Api.Put(server, $"/groups/{group}", owner.Token, new { path = owner.Name }, HttpStatusCode.BadRequest)).ToString(), StringComparison.Ordinal);
        Assert.Equal($"{path}/app", (await Api.Get(server, $"/projects/{project}", owner.Token)).GetProperty("path_with_namespace").GetString());
    }

    [Fact]
    public async Task A_name_by_which_an_image_below_would_be_too_long_is_refused()
    {
        var owner = await server.NewUser();
        var (group, path) = await Api.NewGroup(server, owner, path: Place.Fresh());
        var project = await Api.NewProject(server, owner, group, "app");
        await (await RegistryClient.For(server, owner, $"{path}/app/{new string('a', 115)}/{new string('b', 115)}")).PushImage("latest");
        Assert.Contains("is too long", (await Api.Put(server, $"/projects/{project}", owner.Token, new { path = "application" }, HttpStatusCode.BadRequest)).ToString(), StringComparison.Ordinal);
        Assert.Contains("is too long", (await Api.Put(server, $"/groups/{group}", owner.Token, new { path = path + "abcdefgh" }, HttpStatusCode.BadRequest)).ToString(), StringComparison.Ordinal);
        await Api.Put(server, $"/projects/{project}", owner.Token, new { path = "app2" });
    }

    [Fact]
    public async Task Maintainers_rename_projects_and_owners_alone_groups()
    {
        var (owner, maintainer, developer) = (await server.NewUser(), await server.NewUser(), await server.NewUser());
        var (group, _) = await Api.NewGroup(server, owner);
        var project = await Api.NewProject(server, owner, group, "app");
        await Api.AddMember(server, owner, $"groups/{group}", maintainer, 40);
        await Api.AddMember(server, owner, $"groups/{group}", developer, 30);
        await Api.Put(server, $"/projects/{project}", developer.Token, new { path = "b" }, HttpStatusCode.Forbidden);
        await Api.Put(server, $"/projects/{project}", maintainer.Token, new { path = "b" });
        await Api.Put(server, $"/groups/{group}", maintainer.Token, new { path = Place.Fresh() }, HttpStatusCode.Forbidden);
        await Api.Put(server, $"/groups/{group}", TestServer.RootToken, new { path = Place.Fresh() });
    }

    [Fact]
    public async Task A_token_that_was_issued_before_the_rename_serves_after_it_by_the_new_name()
    {
        var owner = await server.NewUser();
        var (id, image, _, _) = await Place.WithImage(server, owner);
        var before = await server.RegistryToken(owner.Basic, $"repository:{image}:pull,push");
        await Api.Put(server, $"/projects/{id}", owner.Token, new { path = "next" });
        using var pulled = await server.Send(HttpMethod.Get, $"/v2/{image[..^3]}next/manifests/latest", bearer: before);
        Assert.Equal(HttpStatusCode.OK, pulled.StatusCode);
        await new RegistryClient(server, image[..^3] + "next", before).PushImage("more");
        // It names the project by its number: what comes to the old path is none of its business.
        await Api.NewProject(server, owner, (await Api.Get(server, $"/projects/{id}", owner.Token)).GetProperty("namespace").GetProperty("id").GetInt64(), "app");
        using var refused = await server.Send(HttpMethod.Post, $"/v2/{image}/blobs/uploads/", bearer: before);
        Assert.Contains("the token was issued for something else", await RegistryClient.Refusal(refused, HttpStatusCode.Unauthorized), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_many_renames_and_creations_at_once_that_want_one_path_one_gets_it()
    {
        var owner = await server.NewUser();
        var (group, _) = await Api.NewGroup(server, owner);
        var projects = new List<long>();
        for (var n = 0; n < 3; n++)
            projects.Add(await Api.NewProject(server, owner, group, $"p{n}"));
        var (sub, _) = await Api.NewGroup(server, owner, group, path: "sub");
        async Task<bool> Sent(HttpMethod method, string path, object body)
        {
            using var reply = await server.Send(method, "/api/v4" + path, JsonContent.Create(body), token: owner.Token);
            Assert.Contains(reply.StatusCode, new[] { HttpStatusCode.OK, HttpStatusCode.Created, HttpStatusCode.BadRequest });
            return reply.IsSuccessStatusCode;
        }
        var tries = projects.Select(id => Sent(HttpMethod.Put, $"/projects/{id}", new { path = "one" }))
            .Append(Sent(HttpMethod.Put, $"/groups/{sub}", new { path = "one" }))
            .Append(Sent(HttpMethod.Post, "/projects", new { path = "one", namespace_id = group }))
            .Append(Sent(HttpMethod.Post, "/groups", new { path = "one", name = "x", parent_id = group }));
        Assert.Single(await Task.WhenAll(tries), true);
    }

    [Fact]
    public async Task What_is_made_while_the_group_above_is_renamed_is_found_below_the_new_name()
    {
        var owner = await server.NewUser();
        var (group, _) = await Api.NewGroup(server, owner);
        var (sub, _) = await Api.NewGroup(server, owner, group, path: "sub");
        var last = "";
        async Task Rename()
        {
            for (var n = 0; n < 8; n++)
                last = (await Api.Put(server, $"/groups/{group}", owner.Token, new { path = Place.Fresh() })).GetProperty("full_path").GetString()!;
        }
        async Task Create(int worker)
        {
            for (var n = 0; n < 8; n++)
                await Api.NewProject(server, owner, sub, $"p{worker}-{n}");
        }
        await Task.WhenAll(Rename(), Create(0), Create(1));
        var paths = Api.Texts(await Api.Get(server, $"/groups/{sub}/projects?per_page=100", owner.Token), "path_with_namespace");
        Assert.Equal(16, paths.Count);
        Assert.All(paths, path => Assert.StartsWith($"{last}/sub/p", path, StringComparison.Ordinal));
        await (await RegistryClient.For(server, owner, paths[0])).PushImage("latest");
        Assert.Equal([paths[0]], await Place.Catalog(server, owner, last));
    }

    [Fact]
    public async Task Renames_are_in_the_audit_of_what_was_renamed_with_both_paths()
    {
        var owner = await server.NewUser();
        var (id, image, group, _) = await Place.WithImage(server, owner);
        await Api.Put(server, $"/projects/{id}", owner.Token, new { path = "next" });
        var next = Place.Fresh();
        await Api.Put(server, $"/groups/{group}", owner.Token, new { path = next });
        using var reply = await server.Send(HttpMethod.Get, $"/api/v4/audit_events?entity_type=Project&entity_id={id}", token: TestServer.RootToken);
        var text = await reply.Content.ReadAsStringAsync(Cancel);
        Assert.Contains("project.rename", text, StringComparison.Ordinal);
        Assert.Contains($"\"from\":\"{image}\"", text, StringComparison.Ordinal);
        using var ofGroup = await server.Send(HttpMethod.Get, $"/api/v4/audit_events?entity_type=Group&entity_id={group}", token: TestServer.RootToken);
        text = await ofGroup.Content.ReadAsStringAsync(Cancel);
        Assert.Contains("group.rename", text, StringComparison.Ordinal);
        Assert.Contains($"\"to\":\"{next}\"", text, StringComparison.Ordinal);
    }
}

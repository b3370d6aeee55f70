using System.Net;
using Berth.Tests.Groups;
using Berth.Tests.Harness;

namespace Berth.Tests.Moves;

/// <summary>Projects and groups that hold images come to other groups: paths and inherited roles change at once.</summary>
public sealed class TransferTests(TestServer server)
{
    [Fact]
    public async Task A_transferred_project_is_ruled_by_the_roles_of_its_new_group_alone()
    {
        var (owner, before, after) = (await server.NewUser(), await server.NewUser(), await server.NewUser());
        var (id, image, group, digest) = await Place.WithImage(server, owner);
        var (target, path) = await Api.NewGroup(server, owner);
        await Api.AddMember(server, owner, $"groups/{group}", before, 30);
        await Api.AddMember(server, owner, $"groups/{target}", after, 30);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Accepted), await Place.Try(server, before, image));
        var moved = await Api.Put(server, $"/projects/{id}/transfer", owner.Token, new { @namespace = target });
        Assert.Equal($"{path}/app", moved.GetProperty("path_with_namespace").GetString());
        Assert.Equal(target, moved.GetProperty("namespace").GetProperty("id").GetInt64());
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Accepted), await Place.Try(server, after, $"{path}/app"));
        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized), await Place.Try(server, before, $"{path}/app"));
        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized), await Place.Try(server, before, image));
        Assert.Equal((digest, ""), await Place.Pull(server, owner, $"{path}/app"));
        Assert.Equal([$"{path}/app"], await Place.Catalog(server, after, path, image));
        Assert.Empty(await Place.Catalog(server, before, path, image));
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task The_namespace_is_named_by_number_or_path_in_the_query_or_the_body(bool byPath, bool inQuery)
    {
        var owner = await server.NewUser();
        var (id, _, _, _) = await Place.WithImage(server, owner);
        var own = (await Api.Post(server, "/projects", owner.Token, new { path = "first" })).GetProperty("namespace").GetProperty("id").GetInt64();
        var to = byPath ? owner.Name.ToUpperInvariant() : $"{own}";
        var moved = inQuery
            ? await Api.Call(server, HttpMethod.Put, $"/projects/{id}/transfer?namespace={to}", owner.Token)
            : await Api.Put(server, $"/projects/{id}/transfer", owner.Token, new { @namespace = to });
        Assert.Equal($"{owner.Name}/app", moved.GetProperty("path_with_namespace").GetString());
        Assert.Equal("user", moved.GetProperty("namespace").GetProperty("kind").GetString());
    }

    [Fact]
    public async Task A_transfer_of_a_project_that_cannot_be_is_refused_in_GitLabs_words()
    {
        var (owner, maintainer, other) = (await server.NewUser(), await server.NewUser(), await server.NewUser());
        var (id, _, group, _) = await Place.WithImage(server, owner, "internal");
        await Api.AddMember(server, owner, $"groups/{group}", maintainer, 40);
        async Task Refused(object to, string words, HttpStatusCode status = HttpStatusCode.BadRequest) =>
            Assert.Contains(words, (await Api.Put(server, $"/projects/{id}/transfer", owner.Token, new { @namespace = to }, status)).GetProperty("message").GetString(), StringComparison.Ordinal);
        await Refused(group, "Failed to transfer project: Project is already in this namespace.");
        await Refused(999999999, "404 Namespace Not Found", HttpStatusCode.NotFound);
        await Refused("no/such", "404 Namespace Not Found", HttpStatusCode.NotFound);
        var (hidden, hiddenPath) = await Api.NewGroup(server, other);
        await Refused(hidden, "404 Namespace Not Found", HttpStatusCode.NotFound);
        await Refused(hiddenPath, "404 Namespace Not Found", HttpStatusCode.NotFound);
        await Refused(other.Name, "404 Namespace Not Found", HttpStatusCode.NotFound);
        var (open, _) = await Api.NewGroup(server, other, visibility: "internal");
        await Refused(open, "You don't have permission to transfer projects into that namespace");
        var (narrow, _) = await Api.NewGroup(server, owner);
        await Refused(narrow, "internal is not allowed in a private group");
        var (full, _) = await Api.NewGroup(server, owner, visibility: "internal");
        await Api.NewProject(server, owner, full, "APP");
        await Refused(full, "Project with same name or path in target namespace already exists");
        Assert.Equal("namespace is missing", (await Api.Put(server, $"/projects/{id}/transfer", owner.Token, new { }, HttpStatusCode.BadRequest)).GetProperty("error").GetString());
        await Api.Put(server, $"/projects/{id}/transfer", maintainer.Token, new { @namespace = narrow }, HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_transferred_group_takes_three_levels_along_and_their_inherited_roles_change_at_once()
    {
        var (owner, before, after, inside) = (await server.NewUser(), await server.NewUser(), await server.NewUser(), await server.NewUser());
        var (from, fromPath) = await Api.NewGroup(server, owner);
        var (to, toPath) = await Api.NewGroup(server, owner);
        var name = Place.Fresh();
        var (moved, _) = await Api.NewGroup(server, owner, from, path: name);
        var (middle, _) = await Api.NewGroup(server, owner, moved, path: "middle");
        var (low, _) = await Api.NewGroup(server, owner, middle, path: "low");
        await Api.NewProject(server, owner, low, "app");
        var (old, now) = ($"{fromPath}/{name}/middle/low/app", $"{toPath}/{name}/middle/low/app");
        await (await RegistryClient.For(server, owner, old)).PushImage("latest");
        await Api.AddMember(server, owner, $"groups/{from}", before, 30);
        await Api.AddMember(server, owner, $"groups/{to}", after, 30);
        await Api.AddMember(server, owner, $"groups/{middle}", inside, 20);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Accepted), await Place.Try(server, before, old));
        var answer = await Api.Post(server, $"/groups/{moved}/transfer", owner.Token, new { group_id = to });
        Assert.Equal(($"{toPath}/{name}", to), (answer.GetProperty("full_path").GetString(), answer.GetProperty("parent_id").GetInt64()));
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Accepted), await Place.Try(server, after, now));
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Unauthorized), await Place.Try(server, inside, now));
        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized), await Place.Try(server, before, now));
        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized), await Place.Try(server, before, old));
        Assert.Equal([now], await Place.Catalog(server, after, fromPath, toPath));
        await Api.Post(server, $"/groups/{moved}/transfer", owner.Token, new { });
        var top = Assert.Single(Api.Texts(await Api.Get(server, $"/groups?owned=true&top_level_only=true&search={name}", owner.Token), "full_path"));
        Assert.Equal(name, top);
        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized), await Place.Try(server, after, $"{name}/middle/low/app"));
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Unauthorized), await Place.Try(server, inside, $"{name}/middle/low/app"));
        await Api.Post(server, $"/groups/{moved}/transfer", owner.Token, new { group_id = from });
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Accepted), await Place.Try(server, before, old));
    }

    [Fact]
    public async Task A_transfer_of_a_group_that_cannot_be_is_refused_in_GitLabs_words()
    {
        var (owner, other) = (await server.NewUser(), await server.NewUser());
        var (group, path) = await Api.NewGroup(server, owner, visibility: "internal");
        var (sub, _) = await Api.NewGroup(server, owner, group, "internal", path: "sub");
        var (low, _) = await Api.NewGroup(server, owner, sub, "internal", path: "low");
        async Task Refused(long id, object body, string words, HttpStatusCode status = HttpStatusCode.BadRequest) =>
            Assert.Contains(words, (await Api.Post(server, $"/groups/{id}/transfer", owner.Token, body, status)).ToString(), StringComparison.Ordinal);
        await Refused(group, new { }, "Transfer failed: Group is already a root group.");
        await Refused(sub, new { group_id = group }, "Transfer failed: Group is already associated to the parent group.");
        await Refused(group, new { group_id = low }, "Transfer failed: Cannot transfer group to one of its subgroup.");
        await Refused(sub, new { group_id = sub }, "Transfer failed: Cannot transfer group to one of its subgroup.");
        await Refused(sub, new { group_id = 999999999 }, "404 Group Not Found", HttpStatusCode.NotFound);
        await Refused(sub, new { group_id = (await Api.NewGroup(server, other)).Id }, "404 Group Not Found", HttpStatusCode.NotFound);
        await Refused(sub, new { group_id = (await Api.NewGroup(server, other, visibility: "internal")).Id }, "Transfer failed: You don't have enough permissions");
        await Refused(sub, new { group_id = (await Api.NewGroup(server, owner)).Id }, "internal is not allowed since the parent group has a private visibility");
        await Refused(sub, new { group_id = "x" }, "group_id is invalid");
        var (full, _) = await Api.NewGroup(server, owner, visibility: "internal");
        await Api.NewProject(server, owner, full, "SUB");
        await Refused(sub, new { group_id = full }, "Transfer failed: The parent group already has a subgroup or a project with the same path.");
        await Api.AddMember(server, owner, $"groups/{group}", other, 40);
        await Api.Post(server, $"/groups/{sub}/transfer", other.Token, new { }, HttpStatusCode.Forbidden);
        Assert.Equal($"{path}/sub", (await Api.Get(server, $"/groups/{sub}", owner.Token)).GetProperty("full_path").GetString());
    }

    [Fact]
    public async Task Groups_do_not_come_to_be_deeper_than_20_levels_by_a_transfer()
    {
        var owner = await server.NewUser();
        var (group, _) = await Api.NewGroup(server, owner);
        var (low, _) = await Api.NewGroup(server, owner, group, path: "low");
        long? parent = null;
        for (var depth = 1; depth <= 18; depth++)
            (parent, _) = await Api.NewGroup(server, owner, parent, path: depth == 1 ? null : "d");
        await Api.NewGroup(server, owner, low, path: "lower");
        Assert.Contains("20 levels", (await Api.Post(server, $"/groups/{group}/transfer", owner.Token, new { group_id = parent }, HttpStatusCode.BadRequest)).ToString(), StringComparison.Ordinal);
        await Api.Post(server, $"/groups/{low}/transfer", owner.Token, new { group_id = parent });
        await Api.Post(server, "/groups", owner.Token, new { name = "x", path = "x", parent_id = low });
    }

    [Fact]
    public async Task Two_groups_that_move_into_each_other_at_once_do_not_make_a_circle()
    {
        var owner = await server.NewUser();
        var (one, _) = await Api.NewGroup(server, owner);
        var (two, _) = await Api.NewGroup(server, owner);
        async Task<bool> Move(long id, long to)
        {
            using var reply = await server.Send(HttpMethod.Post, $"/api/v4/groups/{id}/transfer?group_id={to}", token: owner.Token);
            return reply.StatusCode == HttpStatusCode.Created;
        }
        Assert.Single(await Task.WhenAll(Move(one, two), Move(two, one)), true);
    }

    [Fact]
    public async Task Deploy_tokens_of_groups_follow_what_is_below_the_group_now()
    {
        var owner = await server.NewUser();
        var (id, _, group, _) = await Place.WithImage(server, owner);
        var (target, path) = await Api.NewGroup(server, owner);
        async Task<string> Deploy(long place)
        {
            var made = await Api.Post(server, $"/groups/{place}/deploy_tokens", owner.Token, new { name = "d", scopes = new[] { "read_registry" } });
            return $"{made.GetProperty("username").GetString()}:{made.GetProperty("token").GetString()}";
        }
        var (left, joined) = (await Deploy(group), await Deploy(target));
        await Api.Put(server, $"/projects/{id}/transfer", owner.Token, new { @namespace = target });
        var next = Place.Fresh();
        await Api.Put(server, $"/groups/{target}", owner.Token, new { path = next });
        using var stays = await server.Send(HttpMethod.Get, $"/v2/{next}/app/manifests/latest", basic: joined);
        Assert.Equal(HttpStatusCode.OK, stays.StatusCode);
        using var gone = await server.Send(HttpMethod.Get, $"/v2/{next}/app/manifests/latest", basic: left);
        Assert.Equal(HttpStatusCode.Unauthorized, gone.StatusCode);
        Assert.NotEqual(path, next);
    }
}

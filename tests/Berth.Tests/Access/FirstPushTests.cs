using System.Net;
using Berth.Tests.Harness;

namespace Berth.Tests.Access;

/// <summary>Users own the namespace of their name: the first push into it makes the project.</summary>
public sealed class FirstPushTests(TestServer server)
{
    [Fact]
    public async Task First_push_makes_a_private_project()
    {
        var user = await server.NewUser();
        await (await RegistryClient.For(server, user, $"{user.Name}/new/image")).PushImage("latest");
        var project = await Projects.Get(server, user, "new");
        Assert.Equal("private", project.GetProperty("visibility").GetString());
        Assert.Equal("enabled", project.GetProperty("container_registry_access_level").GetString());
        Assert.Equal($"{user.Name}/new", project.GetProperty("path_with_namespace").GetString());
    }

    [Fact]
    public async Task Token_issued_before_the_first_push_serves_the_whole_push()
    {
        var user = await server.NewUser();
        var client = await RegistryClient.For(server, user, $"{user.Name}/new");
        await client.PushImage("one");
        await client.PushImage("two");
        using var other = await server.Send(HttpMethod.Post, $"/v2/{user.Name}/other/blobs/uploads/", bearer: client.Token);
        Assert.Equal(HttpStatusCode.Unauthorized, other.StatusCode);
    }

    [Fact]
    public async Task Many_first_pushes_at_once_make_one_project_and_one_repository()
    {
        var user = await server.NewUser();
        var replies = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => server.Send(HttpMethod.Post, $"/v2/{user.Name}/new/blobs/uploads/", basic: user.Basic)));
        Assert.All(replies, reply => Assert.Equal(HttpStatusCode.Accepted, reply.StatusCode));
        Assert.Equal(1, (await server.Query<long>("select count(*) from projects where created_by = @Id", user)).Single());
        Assert.Equal(1, (await server.Query<long>("select count(*) from repositories r join projects p on p.id = r.project_id where p.created_by = @Id", user)).Single());
    }

    [Fact]
    public async Task Reading_makes_nothing()
    {
        var user = await server.NewUser();
        using var pull = await server.Send(HttpMethod.Get, $"/v2/{user.Name}/new/tags/list", basic: user.Basic);
        Assert.StartsWith("NAME_UNKNOWN: ", await RegistryClient.Refusal(pull, HttpStatusCode.NotFound));
        using var patch = await server.Send(HttpMethod.Patch, $"/v2/{user.Name}/new/blobs/uploads/00000000000000000000000000000000", new ByteArrayContent([1]), basic: user.Basic);
        Assert.StartsWith("NAME_UNKNOWN: ", await RegistryClient.Refusal(patch, HttpStatusCode.NotFound));
        Assert.Equal(0, (await server.Query<long>("select count(*) from projects where created_by = @Id", user)).Single());
    }

    [Fact]
    public async Task Namespace_of_another_takes_no_push()
    {
        var (owner, user) = (await server.NewUser(), await server.NewUser());
        using var reply = await server.Send(HttpMethod.Post, $"/v2/{owner.Name}/new/blobs/uploads/", basic: user.Basic);
        Assert.Equal(HttpStatusCode.Unauthorized, reply.StatusCode);
        Assert.Equal(0, (await server.Query<long>("select count(*) from projects where created_by = @Id", user)).Single());
    }
}

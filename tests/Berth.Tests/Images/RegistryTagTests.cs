using System.Net;
using System.Text;
using System.Text.Json;
using Berth.Tests.Groups;
using Berth.Tests.Harness;

namespace Berth.Tests.Images;

/// <summary>GitLab's list of a repository's tags by pages and by keyset, and a tag's details.</summary>
public sealed class RegistryTagTests(TestServer server)
{
    [Theory]
    [InlineData("per_page=2", "1 10 2 A a")]
    [InlineData("pagination=keyset&per_page=2", "1 10 2 A a")]
    [InlineData("pagination=keyset&per_page=2&sort=asc", "1 10 2 A a")]
    [InlineData("pagination=keyset&per_page=2&sort=desc", "a A 2 10 1")]
    [InlineData("pagination=keyset&per_page=5", "1 10 2 A a")]
    [InlineData("pagination=keyset&per_page=2&last=10", "2 A a")]
    [InlineData("pagination=keyset&per_page=2&last=11", "2 A a")]
    [InlineData("pagination=keyset&per_page=2&last=2&sort=desc", "10 1")]
    [InlineData("pagination=keyset&last=a", "")]
    [InlineData("pagination=keyset&last=%00", "1 10 2 A a")]
    public async Task Tags_come_in_byte_order_by_pages_and_by_keyset(string query, string names)
    {
        var (project, id) = await Tagged("2", "10", "1", "a", "A");
        Assert.Equal(names.Split(' ', StringSplitOptions.RemoveEmptyEntries), ImageApi.Names(await ImageApi.All(server, $"{project.Api}/{id}/tags?{query}", project.Owner.Token)));
    }

    [Fact]
    public async Task Keyset_has_a_link_and_no_totals()
    {
        var (project, id) = await Tagged("a", "b", "c");
        using var reply = await server.Send(HttpMethod.Get, $"/api/v4{project.Api}/{id}/tags?pagination=keyset&per_page=2&sort=asc", token: project.Owner.Token);
        Assert.Equal($"<{server.Url}/api/v4{project.Api}/{id}/tags?pagination=keyset&per_page=2&sort=asc&last=b>; rel=\"next\"", reply.Headers.GetValues("Link").Single());
        Assert.False(reply.Headers.Contains("X-Total"));
        using var bad = await server.Send(HttpMethod.Get, $"/api/v4{project.Api}/{id}/tags?pagination=keyset&sort=up", token: project.Owner.Token);
        Assert.Equal(HttpStatusCode.BadRequest, bad.StatusCode);
    }

    [Fact]
    public async Task Pages_by_number_name_the_total()
    {
        var (project, id) = await Tagged("a", "b", "c");
        using var reply = await server.Send(HttpMethod.Get, $"/api/v4{project.Api}/{id}/tags?per_page=2&page=2", token: project.Owner.Token);
        Assert.Equal(("3", "2", ""), (reply.Headers.GetValues("X-Total").Single(), reply.Headers.GetValues("X-Total-Pages").Single(), reply.Headers.GetValues("X-Next-Page").Single()));
        Assert.Equal(0, (await ImageApi.Page(server, $"{project.Api}/{id}/tags?page=99", project.Owner.Token)).Page.GetArrayLength());
    }

    [Fact]
    public async Task Tag_s_details_are_GitLab_s()
    {
        var project = await ImageApi.NewProject(server);
        var image = await project.Image("web");
        var (digest, json) = await image.PushImage("v1");
        var path = $"{project.Api}/{await project.Repository("web")}/tags/v1";
        // The date is read from the config after the push.
        await Eventually.True(async () => (await Api.Get(server, path, project.Owner.Token)).GetProperty("created_at").GetString() == "2026-01-02T03:04:05.000Z");
        var tag = await Api.Get(server, path, project.Owner.Token);
        Assert.Equal(["name", "path", "location", "revision", "short_revision", "digest", "created_at", "total_size"], tag.EnumerateObject().Select(field => field.Name));
        var revision = JsonElement.Parse(json).GetProperty("config").GetProperty("digest").GetString()!["sha256:".Length..];
        Assert.Equal(("v1", revision, revision[..9], digest), (tag.GetProperty("name").GetString(), tag.GetProperty("revision").GetString(), tag.GetProperty("short_revision").GetString(), tag.GetProperty("digest").GetString()));
        Assert.Equal(1000, tag.GetProperty("total_size").GetInt64());
        Assert.Equal($"{new Uri(server.Url).Authority}/{project.Path}/web:v1", tag.GetProperty("location").GetString());
    }

    [Fact]
    public async Task Index_has_no_revision_and_the_size_of_all_below_it()
    {
        var project = await ImageApi.NewProject(server);
        var image = await project.Image();
        var (digest, json) = await image.PushImage("v1");
        var index = RegistryClient.Index((digest, json.Length));
        (await image.PutManifest("many", index, RegistryClient.OciIndex)).Dispose();
        var tag = await Api.Get(server, $"{project.Api}/{await project.Repository()}/tags/many", project.Owner.Token);
        Assert.Equal((JsonValueKind.Null, JsonValueKind.Null), (tag.GetProperty("revision").ValueKind, tag.GetProperty("short_revision").ValueKind));
        Assert.Equal(1000 + json.Length + index.Length + """{"architecture":"amd64","os":"linux","created":"2026-01-02T03:04:05Z"}""".Length, tag.GetProperty("total_size").GetInt64());
    }

    [Theory]
    [InlineData("page=2501&per_page=20", HttpStatusCode.OK)]
    [InlineData("page=2502&per_page=20", HttpStatusCode.MethodNotAllowed)]
    [InlineData("page=2147483647&per_page=100", HttpStatusCode.MethodNotAllowed)]
    public async Task Page_behind_50_000_entries_is_refused_so_that_no_client_goes_in_circles(string query, HttpStatusCode status)
    {
        var (project, id) = await Tagged("a");
        foreach (var list in new[] { $"{project.Api}/{id}/tags", "/projects", $"/projects/{project.Id}/audit_events" })
            await Api.Get(server, $"{list}?{query}", project.Owner.Token, status);
    }

    [Theory]
    [InlineData("none")]
    [InlineData(".bad")]
    [InlineData("%3Cscript%3E")]
    [InlineData("%E2%80%AEgpj")]
    public async Task Tag_that_is_none_is_not_found(string tag)
    {
        var (project, id) = await Tagged("a");
        await Api.Get(server, $"{project.Api}/{id}/tags/{tag}", project.Owner.Token, HttpStatusCode.NotFound);
        await Api.Get(server, $"{project.Api}/{id}/tags/{tag}/history", project.Owner.Token, HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Tag_of_a_deleted_manifest_and_another_project_s_repository_are_not_found()
    {
        var project = await ImageApi.NewProject(server);
        var image = await project.Image();
        var (digest, _) = await image.PushImage("v1");
        (await image.Delete($"manifests/{digest}")).Dispose();
        var id = await project.Repository();
        await Api.Get(server, $"{project.Api}/{id}/tags/v1", project.Owner.Token, HttpStatusCode.NotFound);
        Assert.Equal(0, (await Api.Get(server, $"{project.Api}/{id}/tags", project.Owner.Token)).GetArrayLength());
        var other = await ImageApi.NewProject(server, owner: project.Owner);
        await Api.Get(server, $"{other.Api}/{id}/tags", project.Owner.Token, HttpStatusCode.NotFound);
    }

    /// <summary>A repository with those tags, of one image.</summary>
    private async Task<(ImageProject Project, long Id)> Tagged(params string[] tags)
    {
        var project = await ImageApi.NewProject(server, owner: await server.SharedUser());
        var image = await project.Image();
        var json = await image.ImageManifest();
        using var put = await image.PutManifest($"{RegistryClient.Sha256(Encoding.UTF8.GetBytes(json))}?{string.Join('&', tags.Select(tag => "tag=" + tag))}", json);
        Assert.Equal(HttpStatusCode.Created, put.StatusCode);
        return (project, await project.Repository());
    }
}

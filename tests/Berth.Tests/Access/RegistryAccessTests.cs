using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Berth.Tests.Harness;

namespace Berth.Tests.Access;

/// <summary>Why somebody may or may not: the answer is the one that their request would get.</summary>
public sealed class RegistryAccessTests(TestServer server)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_owner_may_by_role_and_an_outsider_sees_nothing()
    {
        var (owner, outsider) = (await server.NewUser(), await server.NewUser());
        await Project(owner, "private");
        var own = await Ask(owner, $"as={owner.Name}&action=delete");
        Assert.True(own.GetProperty("allowed").GetBoolean());
        Assert.Equal(("role", "the role Owner allows it", "owner"), (Text(own, "rule"), Text(own, "reason"), Text(own, "role")));
        var other = await Ask(owner, $"as={outsider.Name}&action=pull");
        Assert.False(other.GetProperty("allowed").GetBoolean());
        Assert.Equal("not_found", Text(other, "rule"));
        var anonymous = await Ask(owner, "as=anonymous&action=pull");
        Assert.Equal("not_found", Text(anonymous, "rule"));
    }

    [Fact]
    public async Task A_public_project_is_pulled_by_visibility_and_pushed_to_by_role()
    {
        var (owner, outsider) = (await server.NewUser(), await server.NewUser());
        await Project(owner, "public");
        var pull = await Ask(owner, $"as={outsider.Name}&action=pull&image=my/image");
        Assert.Equal(("visibility", $"{owner.Name}/app/my/image"), (Text(pull, "rule"), Text(pull, "image")));
        var push = await Ask(owner, $"as={outsider.Name}&action=push");
        Assert.Equal(("role_too_low", "developer"), (Text(push, "rule"), Text(push, "needed_role")));
        Assert.Equal("login_needed", Text(await Ask(owner, "as=anonymous&action=push"), "rule"));
    }

    [Fact]
    public async Task The_reason_is_word_for_word_what_the_refused_client_is_told()
    {
        var owner = await server.NewUser("api");
        await Project(owner, "private");
        var narrow = await server.NewToken(owner.Id, "read_registry");
        var why = await Ask(owner, $"as=pat:{narrow.GetProperty("id").GetInt64()}&action=push");
        Assert.Equal(("missing_scope", "write_registry"), (Text(why, "rule"), Text(why, "missing_scope")));
        using var refused = await server.Send(HttpMethod.Post, $"/v2/{owner.Name}/app/blobs/uploads/", basic: $"{owner.Name}:{narrow.GetProperty("token").GetString()}");
        Assert.Equal($"DENIED: {Text(why, "reason")}", await RegistryClient.Refusal(refused, HttpStatusCode.Unauthorized));
    }

    [Fact]
    public async Task A_registry_that_is_off_and_a_name_that_is_too_deep_are_named()
    {
        var owner = await server.NewUser();
        var project = await Project(owner, "private");
        Assert.Equal("name_invalid", Text(await Ask(owner, $"as={owner.Name}&action=pull&image=a/b/c"), "rule"));
        using var off = await server.Send(HttpMethod.Put, $"/api/v4/projects/{project}", JsonContent.Create(new { container_registry_access_level = "disabled" }), token: owner.Token);
        Assert.Equal(HttpStatusCode.OK, off.StatusCode);
        Assert.Equal("registry_disabled", Text(await Ask(owner, $"as={owner.Name}&action=pull"), "rule"));
    }

    [Fact]
    public async Task A_deploy_token_of_the_project_is_known_by_its_number_and_a_revoked_one_is_not()
    {
        var owner = await server.NewUser();
        var project = await Project(owner, "private");
        using var made = await server.Send(HttpMethod.Post, $"/api/v4/projects/{project}/deploy_tokens", JsonContent.Create(new { name = "d", scopes = new[] { "read_registry" } }), token: owner.Token);
        var id = (await made.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("id").GetInt64();
        var pull = await Ask(owner, $"as=deploy:{id}&action=pull");
        Assert.True(pull.GetProperty("allowed").GetBoolean());
        Assert.Equal($"deploy:{id}", Text(pull, "credential"));
        using var revoked = await server.Send(HttpMethod.Delete, $"/api/v4/projects/{project}/deploy_tokens/{id}", token: owner.Token);
        Assert.Equal("credential_unknown", Text(await Ask(owner, $"as=deploy:{id}&action=pull"), "rule"));
    }

    [Fact]
    public async Task What_others_have_shows_no_more_than_what_does_not_exist()
    {
        var (owner, other) = (await server.NewUser(), await server.NewUser());
        await Project(owner, "public");
        await Project(other, "private");
        async Task<string> Answer(string @as, string shown) => (await Ask(owner, $"as={@as}&action=push")).GetRawText().Replace(shown, "X", StringComparison.Ordinal);
        Assert.Equal(await Answer("nobody-here", "nobody-here"), await Answer(other.Name, other.Name));
        Assert.Equal(await Answer("pat:99999999", "pat:99999999"), await Answer($"pat:{other.TokenId}", $"pat:{other.TokenId}"));
    }

    [Fact]
    public async Task Only_maintainers_ask_and_only_sensible_questions()
    {
        var (owner, other) = (await server.NewUser(), await server.NewUser());
        var project = await Project(owner, "public");
        using var outsider = await server.Send(HttpMethod.Get, $"/api/v4/projects/{project}/registry/access?as={owner.Name}&action=pull", token: other.Token);
        Assert.Equal(HttpStatusCode.Forbidden, outsider.StatusCode);
        foreach (var query in new[] { $"as={owner.Name}", $"as={owner.Name}&action=*", $"as={owner.Name}&action=pull&image=UPPER", "as=a%00b&action=pull" })
        {
            using var bad = await server.Send(HttpMethod.Get, $"/api/v4/projects/{project}/registry/access?{query}", token: owner.Token);
            Assert.Equal(HttpStatusCode.BadRequest, bad.StatusCode);
        }
    }

    private async Task<JsonElement> Ask(TestUser owner, string query)
    {
        using var reply = await server.Send(HttpMethod.Get, $"/api/v4/projects/{owner.Name}%2Fapp/registry/access?{query}", token: owner.Token);
        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
        return await reply.Content.ReadFromJsonAsync<JsonElement>(Cancel);
    }

    private async Task<long> Project(TestUser user, string visibility)
    {
        using var made = await server.Send(HttpMethod.Post, "/api/v4/projects", JsonContent.Create(new { path = "app", visibility }), token: user.Token);
        return (await made.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("id").GetInt64();
    }

    private static string? Text(JsonElement one, string name) => one.GetProperty(name).GetString();
}

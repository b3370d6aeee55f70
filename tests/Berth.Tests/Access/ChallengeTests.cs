using System.Net;
using System.Text.RegularExpressions;
using Berth.Tests.Harness;

namespace Berth.Tests.Access;

/// <summary>The 401 of the registry: docker prints error_description, podman and skopeo the body, so each cause stands in both.</summary>
public sealed class ChallengeTests(TestServer server)
{
    [Theory]
    [InlineData("/v2/", null)]
    [InlineData("/v2", null)]
    [InlineData("/v2/a/b/manifests/latest", "repository:a/b:pull")]
    [InlineData("/v2/a/b/c/tags/list", "repository:a/b/c:pull")]
    public async Task Without_a_credential_the_challenge_names_realm_service_and_scope(string path, string? scope)
    {
        using var reply = await server.Send(HttpMethod.Get, path);
        Assert.StartsWith("UNAUTHORIZED: authentication required", await RegistryClient.Refusal(reply, HttpStatusCode.Unauthorized));
        Assert.Equal($"Bearer realm=\"{server.Url}/jwt/auth\",service=\"container_registry\"{(scope is null ? "" : $",scope=\"{scope}\"")}", Header(reply));
    }

    [Fact]
    public async Task Ping_is_200_with_any_credential()
    {
        var user = await server.NewUser();
        using var bearer = await server.Send(HttpMethod.Get, "/v2/", bearer: await server.RegistryToken(user.Basic));
        Assert.Equal(HttpStatusCode.OK, bearer.StatusCode);
        Assert.Equal("{}", await bearer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        using var basic = await server.Send(HttpMethod.Get, "/v2/", basic: user.Basic);
        Assert.Equal(HttpStatusCode.OK, basic.StatusCode);
    }

    [Theory]
    [InlineData("GET", true)]
    [InlineData("GET", false)]
    [InlineData("HEAD", false)]
    public async Task Ping_tells_the_version_of_the_API_to_the_known_and_the_unknown(string method, bool known)
    {
        var user = await server.NewUser();
        using var reply = await server.Send(new HttpMethod(method), "/v2/", basic: known ? user.Basic : null);
        Assert.Equal(known ? HttpStatusCode.OK : HttpStatusCode.Unauthorized, reply.StatusCode);
        Assert.Equal("registry/2.0", Assert.Single(reply.Headers.GetValues("Docker-Distribution-Api-Version")));
    }

    [Fact]
    public async Task Wrong_credentials_are_told_apart_from_none()
    {
        var user = await server.NewUser();
        using var basic = await server.Send(HttpMethod.Get, "/v2/", basic: $"{user.Name}:wrong");
        await AssertCause(basic, "invalid_token", "HTTP Basic: Access denied.");
        using var bearer = await server.Send(HttpMethod.Get, "/v2/", bearer: "abc");
        await AssertCause(bearer, "invalid_token", "the registry token is not one of this server's");
    }

    [Fact]
    public async Task Private_project_of_another_looks_like_one_that_is_not_there()
    {
        var owner = await RegistryClient.Fresh(server);
        await owner.PushImage("latest");
        var user = await server.NewUser();
        var namespaceName = owner.Name[..owner.Name.IndexOf('/')];
        foreach (var (path, image) in new[] { ($"/v2/{owner.Name}/manifests/latest", owner.Name), ($"/v2/{namespaceName}/other/manifests/latest", $"{namespaceName}/other"), ("/v2/no/where/manifests/latest", "no/where") })
        {
            using var reply = await server.Send(HttpMethod.Get, path, basic: user.Basic);
            await AssertCause(reply, "insufficient_scope", $"'{image}' is in no project that '{user.Name}' may see");
        }
        using var anonymous = await server.Send(HttpMethod.Post, $"/v2/{owner.Name}/blobs/uploads/", basic: user.Basic);
        await AssertCause(anonymous, "insufficient_scope", $"'{owner.Name}' is in no project");
    }

    [Theory]
    [InlineData("read_registry", "POST", "blobs/uploads/", "the token lacks the scope write_registry")]
    [InlineData("write_registry", "GET", "tags/list", "the token lacks the scope read_registry")]
    [InlineData("write_registry", "DELETE", "manifests/latest", "the token lacks the scope api")]
    public async Task Missing_scope_is_named(string scope, string method, string path, string cause)
    {
        var user = await server.NewUser();
        await (await RegistryClient.For(server, user, $"{user.Name}/hello")).PushImage("latest");
        var narrow = (await server.NewToken(user.Id, scope)).GetProperty("token").GetString();
        using var reply = await server.Send(new HttpMethod(method), $"/v2/{user.Name}/hello/{path}", basic: $"x:{narrow}");
        await AssertCause(reply, "insufficient_scope", cause);
    }

    [Theory]
    [InlineData("hello", "'hello' is in no namespace: name images <namespace>/<project>, for example USER/hello")]
    [InlineData("USER/p/a/b/c", "'USER/p/a/b/c' is too deep: at most two names may follow the project 'USER/p'")]
    [InlineData("USER/hello/a/b/c", "'USER/hello/a/b/c' is too deep: at most two names may follow the project 'USER/hello'")]
    [InlineData("USER/site.git", "'site.git' cannot be a project: it is a reserved name")]
    [InlineData("USER/admin/image", "'admin' cannot be a project: it is a reserved name")]
    public async Task Name_that_cannot_be_is_told_why(string name, string cause)
    {
        var user = await server.NewUser();
        await (await RegistryClient.For(server, user, $"{user.Name}/hello")).StartUpload();
        using var reply = await server.Send(HttpMethod.Post, $"/v2/{name.Replace("USER", user.Name, StringComparison.Ordinal)}/blobs/uploads/", basic: user.Basic);
        await AssertCause(reply, "insufficient_scope", cause.Replace("USER", user.Name, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Reader_of_a_public_project_is_told_which_role_pushing_needs()
    {
        var owner = await server.NewUser();
        await (await RegistryClient.For(server, owner, $"{owner.Name}/hello")).PushImage("latest");
        await Projects.SetVisibility(server, owner, "hello", "public");
        var user = await server.NewUser();
        using var push = await server.Send(HttpMethod.Post, $"/v2/{owner.Name}/hello/blobs/uploads/", basic: user.Basic);
        await AssertCause(push, "insufficient_scope", $"pushing to '{owner.Name}/hello' needs at least the role Developer in project '{owner.Name}/hello'; '{user.Name}' is no member");
    }

    [Fact]
    public async Task Token_for_another_repository_asks_for_a_new_one()
    {
        var user = await server.NewUser();
        await (await RegistryClient.For(server, user, $"{user.Name}/one")).PushImage("latest");
        await (await RegistryClient.For(server, user, $"{user.Name}/two")).PushImage("latest");
        var token = await server.RegistryToken(user.Basic, $"repository:{user.Name}/one:pull");
        using var other = await server.Send(HttpMethod.Get, $"/v2/{user.Name}/two/tags/list", bearer: token);
        await AssertCause(other, "insufficient_scope", "the token was issued for something else");
        using var more = await server.Send(HttpMethod.Post, $"/v2/{user.Name}/one/blobs/uploads/", bearer: token);
        await AssertCause(more, "insufficient_scope", "the token was issued for something else");
        Assert.Contains($"scope=\"repository:{user.Name}/one:pull,push\"", Header(more), StringComparison.Ordinal);
        using var right = await server.Send(HttpMethod.Get, $"/v2/{user.Name}/one/tags/list", bearer: token);
        Assert.Equal(HttpStatusCode.OK, right.StatusCode);
    }

    private static async Task AssertCause(HttpResponseMessage reply, string error, string cause)
    {
        Assert.Contains(cause, await RegistryClient.Refusal(reply, HttpStatusCode.Unauthorized), StringComparison.Ordinal);
        Assert.Contains($"error=\"{error}\"", Header(reply), StringComparison.Ordinal);
        Assert.Contains(cause, Regex.Match(Header(reply), "error_description=\"([^\"]*)\"").Groups[1].Value, StringComparison.Ordinal);
    }

    private static string Header(HttpResponseMessage reply) => reply.Headers.GetValues("WWW-Authenticate").Single();
}

using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Berth.Tests.Harness;
using Microsoft.IdentityModel.JsonWebTokens;

namespace Berth.Tests.Access;

/// <summary>/jwt/auth: GitLab's statuses and partial grants, in distribution's protocol.</summary>
public sealed class TokenEndpointTests(TestServer server)
{
    private const string Path = "/jwt/auth?service=container_registry";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Login_without_scopes_is_a_token_for_nothing()
    {
        var user = await server.NewUser();
        foreach (var secret in new[] { user.Token, user.Password })
        {
            using var reply = await server.Send(HttpMethod.Get, Path + "&account=x&client_id=docker&offline_token=true", basic: $"{user.Name}:{secret}");
            Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
            Assert.Empty(await Granted(reply));
        }
    }

    [Fact]
    public async Task Reply_has_the_fields_of_both_token_protocols_and_no_refresh_token()
    {
        var user = await server.NewUser();
        using var reply = await server.Send(HttpMethod.Get, Path, basic: user.Basic);
        var body = await reply.Content.ReadFromJsonAsync<JsonElement>(Cancel);
        Assert.Equal(["access_token", "expires_in", "issued_at", "token"], body.EnumerateObject().Select(field => field.Name).Order());
        Assert.Equal(body.GetProperty("token").GetString(), body.GetProperty("access_token").GetString());
        Assert.Equal(300, body.GetProperty("expires_in").GetInt32());
        var issued = body.GetProperty("issued_at").GetDateTimeOffset();
        var token = new JsonWebToken(body.GetProperty("token").GetString());
        Assert.Equal("ES256", token.Alg);
        Assert.Equal(user.Name, token.Subject);
        Assert.Equal("container_registry", token.Audiences.Single());
        Assert.Equal(issued.UtcDateTime.AddSeconds(300), token.ValidTo);
        Assert.Equal(issued.UtcDateTime.AddSeconds(-5), token.ValidFrom);
    }

    [Fact]
    public async Task Scopes_may_be_repeated_and_hold_several_with_spaces_between()
    {
        var user = await server.NewUser();
        using var reply = await server.Send(HttpMethod.Get,
            $"{Path}&scope=repository:{user.Name}/a:pull&scope=repository:{user.Name}/b:pull,push%20repository:{user.Name}/c/d:push,delete", basic: user.Basic);
        Assert.Equal([$"{user.Name}/a:pull", $"{user.Name}/b:pull,push", $"{user.Name}/c/d:push,delete"], await Granted(reply));
    }

    [Fact]
    public async Task Star_asks_for_every_action()
    {
        var user = await server.NewUser();
        using var reply = await server.Send(HttpMethod.Get, $"{Path}&scope=repository:{user.Name}/a:*", basic: user.Basic);
        Assert.Equal([$"{user.Name}/a:pull,push,delete"], await Granted(reply));
    }

    [Theory]
    [InlineData("registry:catalog:pull")]
    [InlineData("registry:other:*")]
    [InlineData("repository(plugin):NAME/a:pull")]
    [InlineData("repository:NAME/a")]
    [InlineData("repository:NAME/a:")]
    [InlineData("repository:NAME/a:fly")]
    [InlineData("repository:NAME/A:pull")]
    [InlineData("repository:NAME/*:pull")]
    [InlineData("repository:NAME/a/b/c/d:pull")]
    [InlineData("repository:root/a:pull,push")]
    [InlineData("repository:nowhere/a:pull,push")]
    [InlineData("repository:")]
    [InlineData(":::")]
    public async Task Scope_that_gives_nothing_is_left_out_and_the_rest_is_granted(string scope)
    {
        var user = await server.NewUser();
        var path = $"{Path}&scope={Uri.EscapeDataString(scope.Replace("NAME", user.Name, StringComparison.Ordinal))}&scope=repository:{user.Name}/good:pull";
        using var reply = await server.Send(HttpMethod.Get, path, basic: user.Basic);
        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
        Assert.Equal([$"{user.Name}/good:pull"], await Granted(reply));
    }

    [Theory]
    [InlineData("api", "pull,push,delete")]
    [InlineData("read_api", "pull")]
    [InlineData("read_registry", "pull")]
    [InlineData("write_registry", "push")]
    public async Task Scopes_of_the_access_token_narrow_what_is_granted(string tokenScope, string granted)
    {
        var user = await server.NewUser(tokenScope);
        using var reply = await server.Send(HttpMethod.Get, $"{Path}&scope=repository:{user.Name}/a:pull,push,delete", basic: user.Basic);
        Assert.Equal([$"{user.Name}/a:{granted}"], await Granted(reply));
    }

    [Fact]
    public async Task Access_token_without_any_registry_scope_is_403_DENIED()
    {
        var user = await server.NewUser("read_user", "read_repository");
        using var reply = await server.Send(HttpMethod.Get, Path, basic: user.Basic);
        Assert.StartsWith("DENIED: access forbidden", await RegistryClient.Refusal(reply, HttpStatusCode.Forbidden));
    }

    [Fact]
    public async Task Anonymous_is_403_DENIED_unless_something_public_is_granted()
    {
        var user = await server.NewUser();
        var client = await RegistryClient.For(server, user, $"{user.Name}/hello");
        await client.PushImage("latest");
        var path = $"{Path}&scope=repository:{user.Name}/hello:pull,push";
        foreach (var refused in new[] { Path, path, $"{Path}&scope=repository:no/where:pull" })
        {
            using var reply = await server.Send(HttpMethod.Get, refused);
            Assert.StartsWith("DENIED: access forbidden", await RegistryClient.Refusal(reply, HttpStatusCode.Forbidden));
        }
        await Projects.SetVisibility(server, user, "hello", "public");
        using var granted = await server.Send(HttpMethod.Get, path);
        Assert.Equal([$"{user.Name}/hello:pull"], await Granted(granted));
    }

    [Theory]
    [InlineData("wrong")]
    [InlineData("")]
    [InlineData("glpat-000000000000000000000")]
    public async Task Wrong_secret_is_401_with_GitLab_s_words(string secret)
    {
        var user = await server.NewUser();
        using var reply = await server.Send(HttpMethod.Get, Path, basic: $"{user.Name}:{secret}");
        Assert.StartsWith("UNAUTHORIZED: HTTP Basic: Access denied.", await RegistryClient.Refusal(reply, HttpStatusCode.Unauthorized));
    }

    [Theory]
    [InlineData("nobody-at-all:password")]
    [InlineData("a\0b:password")]
    [InlineData(":password")]
    public async Task User_that_cannot_be_is_401(string basic)
    {
        using var reply = await server.Send(HttpMethod.Get, Path, basic: basic);
        Assert.StartsWith("UNAUTHORIZED: ", await RegistryClient.Refusal(reply, HttpStatusCode.Unauthorized));
    }

    [Theory]
    [InlineData("Basic !!!")]
    [InlineData("Basic bm9jb2xvbg==")]
    [InlineData("Bearer abc")]
    [InlineData("Digest x")]
    public async Task Authorization_that_is_no_Basic_is_401_not_anonymous(string header)
    {
        using var reply = await server.Send(HttpMethod.Get, Path, with: request => request.Headers.TryAddWithoutValidation("Authorization", header));
        Assert.StartsWith("UNAUTHORIZED: ", await RegistryClient.Refusal(reply, HttpStatusCode.Unauthorized));
    }

    [Fact]
    public async Task User_name_is_not_looked_at_with_an_access_token()
    {
        var user = await server.NewUser();
        using var reply = await server.Send(HttpMethod.Get, Path, basic: $"somebody:{user.Token}");
        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
    }

    [Theory]
    [InlineData("/jwt/auth")]
    [InlineData("/jwt/auth?service=dependency_proxy")]
    [InlineData("/jwt/auth?service=Container_Registry")]
    public async Task Other_service_is_404(string path)
    {
        using var reply = await server.Send(HttpMethod.Get, path);
        Assert.StartsWith("UNSUPPORTED: ", await RegistryClient.Refusal(reply, HttpStatusCode.NotFound));
    }

    [Fact]
    public async Task More_scopes_than_any_client_asks_for_are_refused()
    {
        var user = await server.NewUser();
        using var reply = await server.Send(HttpMethod.Get, Path + string.Concat(Enumerable.Range(0, 33).Select(i => $"&scope=repository:{user.Name}/a{i}:pull")), basic: user.Basic);
        Assert.StartsWith("DENIED: 33 scopes", await RegistryClient.Refusal(reply, HttpStatusCode.BadRequest));
    }

    [Fact]
    public async Task Post_with_a_password_grant_gives_the_same_token()
    {
        var user = await server.NewUser();
        using var reply = await Post(("grant_type", "password"), ("service", "container_registry"), ("client_id", "docker"), ("access_type", "offline"),
            ("username", user.Name), ("password", user.Password), ("scope", $"repository:{user.Name}/a:pull repository:{user.Name}/b:push"));
        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
        Assert.Equal([$"{user.Name}/a:pull", $"{user.Name}/b:push"], await Granted(reply));
    }

    /// <summary>As written on the wire by Go's url.Values, from containerd 1.6 and BuildKit 0.8 on.</summary>
    [Theory]
    [InlineData("client_id=containerd-client&grant_type=password&password={password}&scope=repository%3A{name}%2Fa%3Apull&service=container_registry&username={name}", "a:pull")]
    [InlineData("access_type=offline&client_id=containerd-client&grant_type=password&password={password}&scope=repository%3A{name}%2Fa%3Apull%2Cpush&service=container_registry&username={name}", "a:pull,push")]
    [InlineData("client_id=buildkit-client&grant_type=password&password={password}&scope=repository%3A{name}%2Fa%3Apull+repository%3A{name}%2Fb%3Apull%2Cpush&service=container_registry&username={name}", "a:pull", "b:pull,push")]
    [InlineData("client_id=containerd-client&grant_type=password&password={password}&service=container_registry&username={name}")]
    public async Task Form_of_containerd_and_BuildKit_gives_a_token_under_both_names_and_no_refresh_token(string form, params string[] granted)
    {
        var user = await server.NewUser();
        using var content = new StringContent(form.Replace("{name}", user.Name).Replace("{password}", Uri.EscapeDataString(user.Password)));
        content.Headers.ContentType = MediaTypeHeaderValue.Parse("application/x-www-form-urlencoded; charset=utf-8");
        using var reply = await server.Send(HttpMethod.Post, "/jwt/auth", content);
        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
        var body = await reply.Content.ReadFromJsonAsync<JsonElement>(Cancel);
        Assert.Equal(body.GetProperty("token").GetString(), body.GetProperty("access_token").GetString());
        Assert.True(body.GetProperty("expires_in").GetInt32() > 60);
        Assert.False(body.TryGetProperty("refresh_token", out _));
        Assert.Equal(granted.Select(grant => $"{user.Name}/{grant}"), Granted(body));
    }

    [Fact]
    public async Task Post_with_a_wrong_password_is_401_and_with_another_grant_400()
    {
        var user = await server.NewUser();
        using var wrong = await Post(("grant_type", "password"), ("service", "container_registry"), ("username", user.Name), ("password", "wrong"));
        Assert.StartsWith("UNAUTHORIZED: ", await RegistryClient.Refusal(wrong, HttpStatusCode.Unauthorized));
        using var missing = await Post(("grant_type", "password"), ("service", "container_registry"));
        Assert.StartsWith("UNAUTHORIZED: ", await RegistryClient.Refusal(missing, HttpStatusCode.Unauthorized));
        using var refresh = await Post(("grant_type", "refresh_token"), ("service", "container_registry"), ("refresh_token", "x"));
        Assert.StartsWith("UNSUPPORTED: ", await RegistryClient.Refusal(refresh, HttpStatusCode.BadRequest));
        using var json = await server.Send(HttpMethod.Post, "/jwt/auth", JsonContent.Create(new { }));
        Assert.StartsWith("UNSUPPORTED: ", await RegistryClient.Refusal(json, HttpStatusCode.UnsupportedMediaType));
    }

    [Fact]
    public async Task Form_beyond_its_limits_is_a_bad_request()
    {
        using var longKey = await Post((new string('k', 100), "v"));
        Assert.Equal(HttpStatusCode.BadRequest, longKey.StatusCode);
        using var longValue = await Post(("grant_type", new string('v', 20_000)));
        Assert.Equal(HttpStatusCode.BadRequest, longValue.StatusCode);
        using var many = await Post([.. Enumerable.Range(0, 100).Select(i => ($"k{i}", "v"))]);
        Assert.Equal(HttpStatusCode.BadRequest, many.StatusCode);
        using var large = await Post(("grant_type", new string('v', 100_000)));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, large.StatusCode);
    }

    [Fact]
    public async Task Public_keys_verify_what_is_issued()
    {
        var user = await server.NewUser();
        var token = new JsonWebToken(await server.RegistryToken(user.Basic));
        using var reply = await server.Send(HttpMethod.Get, "/-/jwks.json");
        var keys = new Microsoft.IdentityModel.Tokens.JsonWebKeySet(await reply.Content.ReadAsStringAsync(Cancel));
        var key = Assert.Single(keys.Keys, key => key.Kid == token.Kid);
        Assert.False(key.HasPrivateKey);
        var result = await new JsonWebTokenHandler().ValidateTokenAsync(token, new Microsoft.IdentityModel.Tokens.TokenValidationParameters
        {
            IssuerSigningKey = key,
            ValidIssuer = server.Url,
            ValidAudience = "container_registry",
        });
        Assert.True(result.IsValid);
    }

    private Task<HttpResponseMessage> Post(params (string Name, string Value)[] fields) => server.Send(HttpMethod.Post, "/jwt/auth",
        new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value))));

    /// <summary>What the token of a reply was granted, as 'NAME:ACTIONS'.</summary>
    private static async Task<string[]> Granted(HttpResponseMessage reply) => Granted(await reply.Content.ReadFromJsonAsync<JsonElement>(Cancel));

    private static string[] Granted(JsonElement body)
    {
        var access = new JsonWebToken(body.GetProperty("token").GetString()).GetPayloadValue<JsonElement>("access");
        return [.. access.EnumerateArray().Select(entry =>
            $"{entry.GetProperty("name").GetString()}:{string.Join(',', entry.GetProperty("actions").EnumerateArray().Select(action => action.GetString()))}")];
    }
}

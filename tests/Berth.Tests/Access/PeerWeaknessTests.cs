using System.Net;
using System.Net.Http.Json;
using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Berth.Server.Access.Registry;
using Berth.Server.Operation;
using Berth.Tests.Groups;
using Berth.Tests.Harness;
using Berth.Tests.Web;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;

namespace Berth.Tests.Access;

/// <summary>Weaknesses of access that other registries had; which test holds which stands in docs/security.md.</summary>
public sealed partial class PeerWeaknessTests(TestServer server)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_test_that_the_document_names_is_one()
    {
        var text = await File.ReadAllTextAsync(Checkout.File("docs/security.md"), Cancel);
        var named = TestName().Matches(text).Select(match => (Class: match.Groups[1].Value, Method: match.Groups[2].Value)).ToList();
        Assert.True(named.Count >= 20);
        var types = typeof(PeerWeaknessTests).Assembly.GetTypes().ToLookup(type => type.Name);
        Assert.All(named, test => Assert.Contains(types[test.Class], type => type.GetMethod(test.Method)?.GetCustomAttribute<FactAttribute>() is not null));
    }

    [Fact]
    public void Server_calls_no_other_registry_so_no_realm_gets_its_passwords()
    {
        var clients = Directory.EnumerateFiles(Checkout.File("src/Berth.Server"), "*.cs", SearchOption.AllDirectories)
            .Where(file => File.ReadAllText(file).Contains("HttpClient", StringComparison.Ordinal)).Select(Path.GetFileName);
        // It speaks to its own server's socket.
        Assert.Equal(["AdminSocket.cs"], clients);
    }

    [Theory]
    [InlineData("projects")]
    [InlineData("groups")]
    [InlineData("personal_access_tokens")]
    [InlineData("audit_events")]
    public async Task What_is_no_word_of_an_order_or_filter_never_reaches_the_database(string list)
    {
        foreach (var hostile in new[] { "id;drop table users--", "password_hash", "(select password_hash from users)", "name' or '1'='1", "%00" })
        {
            foreach (var parameter in new[] { "order_by", "sort", "search", "visibility", "state", "entity_type" })
            {
                using var reply = await server.Send(HttpMethod.Get, $"/api/v4/{list}?{parameter}={(hostile == "%00" ? hostile : Uri.EscapeDataString(hostile))}", token: TestServer.RootToken);
                Assert.True(reply.StatusCode is HttpStatusCode.OK or HttpStatusCode.BadRequest, $"{parameter}={hostile}: {(int)reply.StatusCode}");
            }
        }
    }

    [Fact]
    public async Task No_column_can_be_filtered_by_so_none_is_guessed()
    {
        var user = await server.NewUser();
        foreach (var list in new[] { "projects", "groups", "personal_access_tokens" })
        {
            var all = await Text(user, list);
            foreach (var filter in new[] { "q=password_hash~A", "password_hash=A", "secret_hash=00", "token=glpat-", "filter[secret_hash]=0" })
                Assert.Equal(all, await Text(user, $"{list}?{filter}"));
        }
    }

    [Fact]
    public void Roots_first_password_is_random()
    {
        var passwords = Enumerable.Range(0, 1000).Select(_ => FirstRun.NewPassword()).ToHashSet(StringComparer.Ordinal);
        Assert.Equal(1000, passwords.Count);
        Assert.All(passwords, password => Assert.True(password.Length >= 20));
    }

    [Fact]
    public async Task Fields_that_are_not_a_clients_to_set_are_not_set()
    {
        var user = await server.NewUser();
        var other = await server.NewUser();
        var token = await Api.Post(server, "/user/personal_access_tokens", user.Token, new { name = "t", scopes = new[] { "read_user" }, user_id = 1, id = 1, impersonation = true, is_admin = true, kind = 2, token = "glpat-of-my-own-choice" });
        Assert.Equal(user.Id, token.GetProperty("user_id").GetInt64());
        Assert.NotEqual("glpat-of-my-own-choice", token.Secret());
        Assert.Equal(user.Name, (await Api.Get(server, "/user", token.Secret())).GetProperty("username").GetString());
        var project = await Api.Post(server, "/projects", user.Token, new { path = "app", id = 1, owner_id = other.Id, creator_id = other.Id, path_with_namespace = $"{other.Name}/app" });
        Assert.Equal($"{user.Name}/app", project.GetProperty("path_with_namespace").GetString());
        var changed = await Api.Put(server, $"/projects/{project.Id()}", user.Token, new { id = 1, owner_id = other.Id, path_with_namespace = $"{other.Name}/app", description = "new" });
        Assert.Equal((project.Id(), $"{user.Name}/app", "new"), (changed.Id(), changed.GetProperty("path_with_namespace").GetString(), changed.GetProperty("description").GetString()));
        await Api.Post(server, "/users", user.Token, new { username = "x" + user.Name, password = "long enough", admin = true }, HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Catalog_is_for_nobody_without_a_token_and_has_nothing_private_for_the_anonymous()
    {
        var (_, path, _) = await Tokens.Project(server);
        using (var refused = await server.Send(HttpMethod.Get, "/v2/_catalog"))
            Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        using var asked = await server.Send(HttpMethod.Get, "/jwt/auth?service=container_registry&scope=registry:catalog:*");
        var token = (await asked.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("token").GetString();
        using var list = await server.Send(HttpMethod.Get, $"/v2/_catalog?n=1&last={path[..^1]}", bearer: token);
        Assert.DoesNotContain(path, await list.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cookie_of_a_session_is_no_credential_of_the_API_the_registry_or_git()
    {
        var (user, path, id) = await Tokens.Project(server);
        using var browser = await Browser.SignedIn(server, user);
        var cookies = string.Join("; ", browser.Cookies.GetAllCookies().Select(cookie => $"{cookie.Name}={cookie.Value}"));
        foreach (var (method, address) in new[] { ("GET", "/api/v4/user"), ("DELETE", $"/api/v4/projects/{id}"), ("GET", $"/v2/{path}/manifests/latest"), ("GET", $"/{path}.git/info/refs?service=git-upload-pack") })
        {
            using var reply = await server.Send(new HttpMethod(method), address, with: request => request.Headers.Add("Cookie", cookies));
            Assert.Equal(HttpStatusCode.Unauthorized, reply.StatusCode);
        }
    }

    [Fact]
    public async Task Token_of_a_deleted_project_is_none_for_a_new_one_of_its_name()
    {
        var (owner, path, id) = await Tokens.Project(server);
        var deploy = await Tokens.Post(server, $"projects/{id}/deploy_tokens", owner.Token, new { name = "d", scopes = new[] { "read_registry" } });
        var basic = $"{deploy.GetProperty("username").GetString()}:{deploy.Secret()}";
        var old = await server.RegistryToken(owner.Basic, $"repository:{path}:pull,push");
        Assert.Equal("pull", await Tokens.Granted(server, basic, path));
        await Api.Delete(server, $"/projects/{id}", owner.Token, HttpStatusCode.Accepted);
        await (await RegistryClient.For(server, owner, path)).PushImage("latest");
        using (var pull = await server.Send(HttpMethod.Get, $"/v2/{path}/manifests/latest", bearer: old))
            Assert.Equal(HttpStatusCode.Unauthorized, pull.StatusCode);
        using (var push = await server.Send(HttpMethod.Post, $"/v2/{path}/blobs/uploads/", bearer: old))
            Assert.Equal(HttpStatusCode.Unauthorized, push.StatusCode);
        using var again = await server.Send(HttpMethod.Get, $"/v2/{path}/manifests/latest", basic: basic);
        Assert.Equal(HttpStatusCode.Unauthorized, again.StatusCode);
    }

    [Theory]
    [InlineData("""{}""")]
    [InlineData("""{"auth_type":"pat"}""")]
    [InlineData("""{"auth_type":"pat","credential_id":1,"issued_at_us":1,"access":null}""")]
    [InlineData("""{"auth_type":"pat","credential_id":1,"issued_at_us":1,"access":[{}]}""")]
    [InlineData("""{"auth_type":"pat","credential_id":1,"issued_at_us":1,"access":[1]}""")]
    [InlineData("""{"auth_type":"pat","credential_id":1,"issued_at_us":1,"access":[{"type":"repository","name":"A","actions":1}]}""")]
    [InlineData("""{"auth_type":7,"credential_id":"x","issued_at_us":[],"access":{}}""")]
    public async Task Claims_that_are_missing_or_of_another_kind_are_401_even_under_our_signature(string claims)
    {
        foreach (var expires in new[] { "", "\"exp\":4102444800," })
        {
            var payload = $$"""{"iss":"{{server.Settings.ExternalUrl.GetLeftPart(UriPartial.Authority)}}","aud":"container_registry",{{expires}}{{claims[1..]}}""".Replace(",}", "}", StringComparison.Ordinal);
            var token = new JsonWebTokenHandler().CreateToken(payload, server.Services.GetRequiredService<SigningKeys>().Signer);
            using var reply = await server.Send(HttpMethod.Get, "/v2/", bearer: token);
            Assert.Equal(HttpStatusCode.Unauthorized, reply.StatusCode);
        }
    }

    [Fact]
    public async Task Name_like_that_of_an_internal_caller_gives_nothing()
    {
        var (_, path, id) = await Tokens.Project(server);
        foreach (var name in new[] { $"project_{id}_bot_{Guid.NewGuid():N}", $"gitlab-deploy-token-{id}", $"gitlab-ci-token-{id}", $"scanner-{id}", $"root-{id}" })
        {
            var user = await server.Post("/api/v4/users", new { username = name });
            var token = (await server.NewToken(user.Id(), "api", "write_registry", "read_registry")).Secret();
            Assert.Equal("", await Tokens.Granted(server, $"{name}:{token}", path));
            await Api.Get(server, $"/projects/{id}", token, HttpStatusCode.NotFound);
            await Api.Get(server, "/runners/all", token, HttpStatusCode.Forbidden);
        }
        var stranger = await server.NewUser();
        foreach (var pretended in new[] { "gitlab-ci-token", $"gitlab+deploy-token-{id}", "root", $"project_{id}_bot_0" })
            Assert.Equal("", await Tokens.Granted(server, $"{pretended}:{stranger.Token}", path));
    }

    private async Task<string> Text(TestUser user, string list)
    {
        using var reply = await server.Send(HttpMethod.Get, "/api/v4/" + list, token: user.Token);
        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
        return MovingTime().Replace(await reply.Content.ReadAsStringAsync(Cancel), "");
    }

    [GeneratedRegex(@"`(\w+Tests)\.(\w+)`")]
    private static partial Regex TestName();

    [GeneratedRegex("\"last_used_at\":[^,]*")]
    private static partial Regex MovingTime();
}

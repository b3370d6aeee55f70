using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Berth.Tests.Harness;

namespace Berth.Tests.Access;

/// <summary>The REST endpoints that there are, in GitLab's shapes and errors.</summary>
public sealed class ApiTests(TestServer server)
{
    /// <summary>The last day that a token may have.</summary>
    private string LastDay => server.Clock.GetUtcNow().AddDays(400).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task User_is_told_who_they_are_by_each_way_of_presenting_a_token()
    {
        var user = await server.NewUser();
        using var header = await server.Send(HttpMethod.Get, "/api/v4/user", token: user.Token);
        using var bearer = await server.Send(HttpMethod.Get, "/api/v4/user", bearer: user.Token);
        using var basic = await server.Send(HttpMethod.Get, "/api/v4/user", basic: $"{user.Name}:{user.Password}");
        foreach (var reply in new[] { header, bearer, basic })
        {
            var body = await Json(reply, HttpStatusCode.OK);
            Assert.Equal(user.Id, body.GetProperty("id").GetInt64());
            Assert.Equal(user.Name, body.GetProperty("username").GetString());
            Assert.Equal("active", body.GetProperty("state").GetString());
            Assert.False(body.GetProperty("is_admin").GetBoolean());
            Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", body.GetProperty("created_at").GetString());
        }
    }

    [Fact]
    public async Task Missing_login_scope_and_role_are_401_403_and_403()
    {
        using var nobody = await server.Send(HttpMethod.Get, "/api/v4/user");
        Assert.Equal("401 Unauthorized", (await Json(nobody, HttpStatusCode.Unauthorized)).GetProperty("message").GetString());
        using var wrong = await server.Send(HttpMethod.Get, "/api/v4/user", token: "glpat-wrong");
        Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
        var narrow = await server.NewUser("read_registry");
        using var scope = await server.Send(HttpMethod.Get, "/api/v4/user", token: narrow.Token);
        var body = await Json(scope, HttpStatusCode.Forbidden);
        Assert.Equal("insufficient_scope", body.GetProperty("error").GetString());
        Assert.Equal("api read_api read_user", body.GetProperty("scope").GetString());
        var user = await server.NewUser();
        using var admin = await server.Send(HttpMethod.Post, "/api/v4/users", JsonContent.Create(new { username = "x" }), token: user.Token);
        Assert.Equal("403 Forbidden", (await Json(admin, HttpStatusCode.Forbidden)).GetProperty("message").GetString());
    }

    [Theory]
    [InlineData("""{}""", "username is missing")]
    [InlineData("""{"username":"-x"}""", "can contain only")]
    [InlineData("""{"username":"V2"}""", "is a reserved name")]
    [InlineData("""{"username":"x.git"}""", "is a reserved name")]
    [InlineData("""{"username":"good-name","password":"short"}""", "is too short (minimum is 8 characters)")]
    [InlineData("""{"username":"good-name","name":"a\u0000b"}""", "cannot contain control characters")]
    [InlineData("""{"username":"good-name","email":"a\u0000b"}""", "cannot contain control characters")]
    [InlineData("""{"username":"good-name","name":"\ud800"}""", "see $.name, line 1, byte")]
    [InlineData("""{"username":5}""", "the body is not the JSON that this address takes: see $.username, line 1, byte 14")]
    [InlineData("""{"username":""", "see $.username, line 1, byte 13")]
    [InlineData("", "there is none")]
    [InlineData("null", "there is none")]
    public async Task User_that_cannot_be_made_is_400_that_says_why(string json, string why)
    {
        using var reply = await server.Send(HttpMethod.Post, "/api/v4/users", Text(json), token: TestServer.RootToken);
        Assert.Contains(why, (await Json(reply, HttpStatusCode.BadRequest)).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Body_of_another_type_is_415_that_asks_for_JSON()
    {
        using var xml = new StringContent("<username>x</username>", System.Text.Encoding.UTF8, "application/xml");
        using var reply = await server.Send(HttpMethod.Post, "/api/v4/users", xml, token: TestServer.RootToken);
        Assert.Contains("send the body as JSON", (await Json(reply, HttpStatusCode.UnsupportedMediaType)).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Name_is_given_once_without_regard_to_case_even_to_many_at_once()
    {
        var name = $"u{Guid.NewGuid():N}"[..12];
        var replies = await Task.WhenAll(new[] { name, name.ToUpperInvariant(), name, name, name, name }.Select(username =>
            server.Send(HttpMethod.Post, "/api/v4/users", JsonContent.Create(new { username }), token: TestServer.RootToken)));
        Assert.Single(replies, reply => reply.StatusCode == HttpStatusCode.Created);
        Assert.All(replies.Where(reply => reply.StatusCode != HttpStatusCode.Created), reply => Assert.Equal(HttpStatusCode.Conflict, reply.StatusCode));
        var message = (await Json(replies.First(reply => reply.StatusCode == HttpStatusCode.Conflict), HttpStatusCode.Conflict)).GetProperty("message").GetString();
        Assert.Equal("Username has already been taken", message);
    }

    [Fact]
    public async Task Access_token_is_shown_once_with_its_scopes_and_last_day()
    {
        var user = await server.NewUser();
        using var reply = await server.Send(HttpMethod.Post, "/api/v4/user/personal_access_tokens",
            JsonContent.Create(new { name = "ci", scopes = new[] { "write_registry", "read_registry" }, expires_at = LastDay }), token: user.Token);
        var body = await Json(reply, HttpStatusCode.Created);
        Assert.StartsWith("glpat-", body.GetProperty("token").GetString());
        Assert.Equal(["read_registry", "write_registry"], body.GetProperty("scopes").EnumerateArray().Select(scope => scope.GetString()));
        Assert.Equal(LastDay, body.GetProperty("expires_at").GetString());
        Assert.Equal(user.Id, body.GetProperty("user_id").GetInt64());
        Assert.True(body.GetProperty("active").GetBoolean());
        Assert.False(body.GetProperty("revoked").GetBoolean());
    }

    [Theory]
    [InlineData("""{"scopes":["api"]}""")]
    [InlineData("""{"name":"x"}""")]
    [InlineData("""{"name":"x","scopes":[]}""")]
    [InlineData("""{"name":"x","scopes":["fly"]}""")]
    [InlineData("""{"name":"x","scopes":[null]}""")]
    [InlineData("""{"name":"a\u0000b","scopes":["api"]}""")]
    [InlineData("""{"name":"x","scopes":["api"],"expires_at":"2020-01-01"}""")]
    [InlineData("""{"name":"x","scopes":["api"],"expires_at":"soon"}""")]
    [InlineData("""{"name":"x","scopes":["api"],"expires_at":"2099-12-31"}""")]
    [InlineData("""{"name":"x","scopes":["api"],"description":"a\u0000b"}""")]
    public async Task Access_token_that_cannot_be_is_400(string json)
    {
        var user = await server.NewUser();
        using var reply = await server.Send(HttpMethod.Post, "/api/v4/user/personal_access_tokens", Text(json), token: user.Token);
        await Json(reply, HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Access_token_of_another_is_not_found_but_by_an_administrator()
    {
        var (owner, other) = (await server.NewUser(), await server.NewUser());
        using var foreign = await server.Send(HttpMethod.Delete, $"/api/v4/personal_access_tokens/{owner.TokenId}", token: other.Token);
        Assert.Equal("404 Personal Access Token Not Found", (await Json(foreign, HttpStatusCode.NotFound)).GetProperty("message").GetString());
        using var admin = await server.Send(HttpMethod.Delete, $"/api/v4/personal_access_tokens/{owner.TokenId}", token: TestServer.RootToken);
        Assert.Equal(HttpStatusCode.NoContent, admin.StatusCode);
        using var unknown = await server.Send(HttpMethod.Post, "/api/v4/users/999999/personal_access_tokens", JsonContent.Create(new { name = "x", scopes = new[] { "api" } }), token: TestServer.RootToken);
        Assert.Equal("404 User Not Found", (await Json(unknown, HttpStatusCode.NotFound)).GetProperty("message").GetString());
    }

    [Fact]
    public async Task Project_is_made_found_by_number_and_path_and_changed()
    {
        var user = await server.NewUser();
        using var made = await server.Send(HttpMethod.Post, "/api/v4/projects", JsonContent.Create(new { name = "My", path = "MyApp", visibility = "internal" }), token: user.Token);
        var project = await Json(made, HttpStatusCode.Created);
        Assert.Equal($"{user.Name}/MyApp", project.GetProperty("path_with_namespace").GetString());
        Assert.EndsWith($"/{user.Name}/myapp", project.GetProperty("container_registry_image_prefix").GetString());
        foreach (var id in new[] { project.GetProperty("id").GetInt64().ToString(), $"{user.Name}%2FMyApp", $"{user.Name}%2fmyapp" })
        {
            using var found = await server.Send(HttpMethod.Get, $"/api/v4/projects/{id}", token: user.Token);
            Assert.Equal(project.GetProperty("id").GetInt64(), (await Json(found, HttpStatusCode.OK)).GetProperty("id").GetInt64());
        }
        using var twice = await server.Send(HttpMethod.Post, "/api/v4/projects", JsonContent.Create(new { path = "myapp" }), token: user.Token);
        Assert.Contains("has already been taken", (await Json(twice, HttpStatusCode.BadRequest)).ToString(), StringComparison.Ordinal);
        await (await RegistryClient.For(server, user, $"{user.Name}/myapp")).PushImage("latest");
    }

    [Fact]
    public async Task Project_that_the_caller_may_not_see_is_not_found()
    {
        var (owner, other) = (await server.NewUser(), await server.NewUser());
        await (await RegistryClient.For(server, owner, $"{owner.Name}/hello")).StartUpload();
        var id = (await Projects.Get(server, owner, "hello")).GetProperty("id").GetInt64().ToString();
        foreach (var path in new[] { id, $"{owner.Name}%2Fhello", $"{owner.Name}%2Fother", "999999999", "a%2500b", "%252e%252e" })
        {
            using var get = await server.Send(HttpMethod.Get, $"/api/v4/projects/{path}", token: other.Token);
            Assert.Equal("404 Project Not Found", (await Json(get, HttpStatusCode.NotFound)).GetProperty("message").GetString());
            using var put = await server.Send(HttpMethod.Put, $"/api/v4/projects/{path}", JsonContent.Create(new { visibility = "public" }), token: other.Token);
            Assert.Equal(HttpStatusCode.NotFound, put.StatusCode);
        }
        await Projects.SetVisibility(server, owner, "hello", "public");
        using var seen = await server.Send(HttpMethod.Put, $"/api/v4/projects/{id}", JsonContent.Create(new { visibility = "private" }), token: other.Token);
        Assert.StartsWith("403 Forbidden - this needs at least the role Maintainer", (await Json(seen, HttpStatusCode.Forbidden)).GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("visibility", "secret")]
    [InlineData("visibility", "10")]
    [InlineData("visibility", "+10")]
    [InlineData("visibility", "private,internal")]
    [InlineData("container_registry_access_level", "5")]
    [InlineData("container_registry_access_level", "20")]
    [InlineData("container_registry_access_level", "private,enabled")]
    public async Task Word_that_is_none_changes_nothing(string field, string value)
    {
        var user = await server.NewUser();
        await (await RegistryClient.For(server, user, $"{user.Name}/hello")).StartUpload();
        using var reply = await server.Send(HttpMethod.Put, $"/api/v4/projects/{user.Name}%2Fhello", JsonContent.Create(new Dictionary<string, string> { [field] = value }), token: user.Token);
        Assert.Equal($"{field} does not have a valid value", (await Json(reply, HttpStatusCode.BadRequest)).GetProperty("error").GetString());
        var project = await Projects.Get(server, user, "hello");
        Assert.Equal("private", project.GetProperty("visibility").GetString());
        Assert.Equal("enabled", project.GetProperty("container_registry_access_level").GetString());
    }

    [Theory]
    [InlineData("""{}""")]
    [InlineData("""{"path":"x.git"}""")]
    [InlineData("""{"path":"a/b"}""")]
    [InlineData("""{"path":"x","name":"a\u0000b"}""")]
    [InlineData("""{"path":"x","visibility":"secret"}""")]
    [InlineData("""{"path":"x","namespace_id":1}""")]
    [InlineData("""{"path":"x","namespace_id":999999}""")]
    public async Task Project_that_cannot_be_made_is_400(string json)
    {
        var user = await server.NewUser();
        using var reply = await server.Send(HttpMethod.Post, "/api/v4/projects", Text(json), token: user.Token);
        await Json(reply, HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("GET", "/api/v4/nothing", HttpStatusCode.NotFound, "404 Not Found")]
    [InlineData("PATCH", "/api/v4/user", HttpStatusCode.MethodNotAllowed, "405 Not Allowed")]
    public async Task What_is_not_there_is_said_in_GitLab_s_words(string method, string path, HttpStatusCode status, string error)
    {
        using var reply = await server.Send(new HttpMethod(method), path, token: TestServer.RootToken);
        Assert.Equal(error, (await Json(reply, status)).GetProperty("error").GetString());
    }

    /// <summary>python-gitlab (3.12, Debian 12's) compares the header whole.</summary>
    [Theory]
    [InlineData("/api/v4/user")]
    [InlineData("/api/v4/users")]
    [InlineData("/api/v4/nothing")]
    [InlineData("/api/v4/projects/999999999")]
    public async Task Answers_are_JSON_without_a_charset_as_GitLab_s(string path)
    {
        using var reply = await server.Send(HttpMethod.Get, path, token: TestServer.RootToken);
        Assert.Equal("application/json", reply.Content.Headers.ContentType!.ToString());
    }

    /// <summary>python-gitlab writes True in addresses, and its command sends texts in bodies.</summary>
    [Theory]
    [InlineData("True", true)]
    [InlineData("yes", true)]
    [InlineData("1", true)]
    [InlineData("off", false)]
    [InlineData("0", false)]
    public async Task Yes_and_no_are_taken_as_words_as_GitLab_does(string word, bool yes)
    {
        var user = await server.SharedUser();
        var path = $"f{Guid.NewGuid():N}"[..12];
        using var made = await server.Send(HttpMethod.Post, "/api/v4/groups", Text($$"""{"name":"{{path}}","path":"{{path}}","push_creates_projects":"{{word}}"}"""), token: user.Token);
        Assert.Equal(yes, (await Json(made, HttpStatusCode.Created)).GetProperty("push_creates_projects").GetBoolean());
        using var blocked = await server.Send(HttpMethod.Get, $"/api/v4/users?search={user.Name}&blocked={word}", token: user.Token);
        Assert.Equal(yes ? 0 : 1, (await Json(blocked, HttpStatusCode.OK)).GetArrayLength());
    }

    [Fact]
    public async Task What_is_neither_yes_nor_no_is_400()
    {
        var user = await server.SharedUser();
        using var made = await server.Send(HttpMethod.Post, "/api/v4/groups", Text("""{"name":"x","path":"x-y-z","push_creates_projects":"perhaps"}"""), token: user.Token);
        Assert.Equal(HttpStatusCode.BadRequest, made.StatusCode);
    }

    private static async Task<JsonElement> Json(HttpResponseMessage reply, HttpStatusCode status)
    {
        Assert.Equal(status, reply.StatusCode);
        return await reply.Content.ReadFromJsonAsync<JsonElement>(Cancel);
    }

    private static StringContent Text(string json) => new(json, Encoding.UTF8, "application/json");
}

using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Berth.Server.Access.Login;
using Berth.Tests.Harness;
using Berth.Tests.Web;

namespace Berth.Tests.Access;

/// <summary>Guessing passwords and tokens over HTTP: what the guesser is told, and who goes on undisturbed.</summary>
public sealed class LoginThrottleTests : IAsyncLifetime
{
    private const string Attacker = "203.0.113.7";
    private const string Login = "/jwt/auth?service=container_registry";

    private TestServer _server = null!;
    private int _guess;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _server = await TestServer.StartOwn([IPNetwork.Parse("127.0.0.0/8")]);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_guesser_gets_401_then_429_then_403_each_time_with_how_long_to_wait()
    {
        for (var i = 0; i < LoginLimits.FreeOfAddress; i++)
        {
            using var wrong = await Guess(Attacker);
            Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
        }
        using var slower = await Guess(Attacker);
        Assert.Equal("1", slower.Headers.GetValues("Retry-After").Single());
        Assert.StartsWith("TOOMANYREQUESTS: too many wrong passwords: wait 1 seconds", await RegistryClient.Refusal(slower, HttpStatusCode.TooManyRequests), StringComparison.Ordinal);
        await Ban();
        using var banned = await Guess(Attacker);
        Assert.InRange(int.Parse(banned.Headers.GetValues("Retry-After").Single()), 800, 900);
        Assert.Contains("it may try none for 15 minutes", await RegistryClient.Refusal(banned, HttpStatusCode.Forbidden), StringComparison.Ordinal);
        _server.Clock.Advance(TimeSpan.FromMinutes(15));
        using var over = await Guess(Attacker);
        Assert.NotEqual(HttpStatusCode.Forbidden, over.StatusCode);
    }

    [Fact]
    public async Task A_valid_token_is_taken_from_a_banned_address_in_each_place_and_a_password_is_not()
    {
        var user = await _server.NewUser();
        var project = await Project(user);
        using var made = await Send(HttpMethod.Post, $"/api/v4/projects/{project}/deploy_tokens", "198.51.100.1", token: user.Token, content: JsonContent.Create(new { name = "d", username = "deployer", scopes = new[] { "read_registry" } }));
        var deploy = (await made.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("token").GetString();
        await Ban();
        foreach (var basic in new[] { user.Basic, $"deployer:{deploy}" })
        {
            using var token = await Send(HttpMethod.Get, Login, Attacker, basic);
            Assert.Equal(HttpStatusCode.OK, token.StatusCode);
        }
        using var ping = await Send(HttpMethod.Get, "/v2/", Attacker, user.Basic);
        Assert.Equal(HttpStatusCode.OK, ping.StatusCode);
        using var api = await Send(HttpMethod.Get, "/api/v4/user", Attacker, token: user.Token);
        Assert.Equal(HttpStatusCode.OK, api.StatusCode);
        using var git = await Send(HttpMethod.Get, $"/{user.Name}/app.git/info/refs?service=git-upload-pack", Attacker, user.Basic);
        Assert.NotEqual(HttpStatusCode.TooManyRequests, git.StatusCode);
        using var password = await Send(HttpMethod.Get, Login, Attacker, $"{user.Name}:{user.Password}");
        Assert.Equal(HttpStatusCode.Forbidden, password.StatusCode);
        using var elsewhere = await Send(HttpMethod.Get, Login, "198.51.100.1", $"{user.Name}:{user.Password}");
        Assert.Equal(HttpStatusCode.OK, elsewhere.StatusCode);
    }

    [Fact]
    public async Task Each_api_says_it_in_its_own_shape()
    {
        await Ban();
        using var api = await Send(HttpMethod.Get, "/api/v4/user", Attacker, token: "glpat-nobody");
        Assert.Equal(HttpStatusCode.Forbidden, api.StatusCode);
        Assert.StartsWith("403 Forbidden - too many wrong", (await api.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("message").GetString());
        using var registry = await Send(HttpMethod.Get, "/v2/", Attacker, "nobody:nothing");
        Assert.StartsWith("TOOMANYREQUESTS: ", await RegistryClient.Refusal(registry, HttpStatusCode.Forbidden), StringComparison.Ordinal);
        using var git = await Send(HttpMethod.Get, "/a/b.git/info/refs?service=git-upload-pack", Attacker, "nobody:nothing");
        Assert.Equal(HttpStatusCode.Forbidden, git.StatusCode);
        Assert.StartsWith("too many wrong passwords", await git.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        Assert.All([api, registry, git], reply => Assert.True(reply.Headers.Contains("Retry-After")));
    }

    [Fact]
    public async Task The_sign_in_page_says_how_long_to_wait()
    {
        var user = await _server.NewUser();
        using var browser = new Browser(_server);
        for (var i = 0; i < LoginLimits.FreeOfAccount; i++)
        {
            using var wrong = await browser.SignIn(user.Name, $"wrong {i}");
            Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.StatusCode);
        }
        using var slower = await browser.SignIn(user.Name, user.Password);
        Assert.Equal(HttpStatusCode.TooManyRequests, slower.StatusCode);
        Assert.True(slower.Headers.Contains("Retry-After"));
        Assert.Contains("Too many wrong passwords: wait ", await slower.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        _server.Clock.Advance(TimeSpan.FromMicroseconds(LoginLimits.LongestAccountDelay));
        using var right = await browser.SignIn(user.Name, user.Password);
        Assert.Equal(HttpStatusCode.SeeOther, right.StatusCode);
    }

    [Fact]
    public async Task A_client_that_falls_back_from_POST_to_GET_counts_one_bad_login()
    {
        for (var i = 0; i < LoginLimits.FreeOfAddress; i++)
        {
            var fields = new Dictionary<string, string> { ["grant_type"] = "password", ["service"] = "container_registry", ["username"] = "nobody", ["password"] = $"wrong {i}" };
            using var post = await Send(HttpMethod.Post, "/jwt/auth", Attacker, content: new FormUrlEncodedContent(fields));
            using var get = await Send(HttpMethod.Get, Login, Attacker, $"nobody:wrong {i}");
            Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized), (post.StatusCode, get.StatusCode));
            _server.Clock.Advance(TimeSpan.FromSeconds(8));
        }
    }

    [Fact]
    public async Task Unknown_names_and_wrong_passwords_are_slowed_down_alike_so_that_neither_shows_who_exists()
    {
        var user = await _server.NewUser();
        var answers = new List<string>();
        foreach (var name in new[] { user.Name, "nobody-here" })
        {
            var seen = new List<string>();
            for (var i = 0; i < LoginLimits.FreeOfAccount + 2; i++)
            {
                using var reply = await Send(HttpMethod.Get, Login, $"198.51.100.{i}", $"{name}:wrong {i}");
                seen.Add($"{(int)reply.StatusCode} {await reply.Content.ReadAsStringAsync(Cancel)} {string.Join(',', reply.Headers.TryGetValues("Retry-After", out var after) ? after : [])}");
            }
            Assert.Contains(seen, one => one.StartsWith("429", StringComparison.Ordinal));
            answers.Add(string.Join('\n', seen));
        }
        Assert.Equal(answers[0], answers[1]);
    }

    [Fact]
    public async Task A_ban_is_one_audit_event_and_a_line_of_the_log_and_neither_has_what_was_tried()
    {
        var log = LogCapture.Of(_server);
        await Ban();
        for (var i = 0; i < 5; i++)
            (await Guess(Attacker)).Dispose();
        using var reply = await _server.Send(HttpMethod.Get, "/api/v4/audit_events?entity_type=Gitlab::Audit::InstanceScope", token: TestServer.RootToken);
        var ban = Assert.Single((await reply.Content.ReadFromJsonAsync<JsonElement>(Cancel)).EnumerateArray());
        Assert.Equal("login.ban", ban.GetProperty("event_name").GetString());
        Assert.Equal(Attacker, ban.GetProperty("details").GetProperty("ip_address").GetString());
        Assert.Equal(900, ban.GetProperty("details").GetProperty("seconds").GetInt64());
        Assert.Single(log.Lines, line => line.StartsWith($"address {Attacker} is banned for 15 minutes", StringComparison.Ordinal));
        Assert.DoesNotContain(log.Lines, line => line.Contains("guess number", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_name_in_a_failed_login_makes_up_no_line_of_the_log()
    {
        var log = LogCapture.Of(_server);
        using var reply = await Send(HttpMethod.Get, Login, Attacker, "x\n2026-01-01 'root' signed in from 10.0.0.1:wrong");
        Assert.Equal(HttpStatusCode.Unauthorized, reply.StatusCode);
        using var browser = new Browser(_server);
        using var page = await browser.SignIn("x\r\n'root' signed in from 10.0.0.1", "wrong");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, page.StatusCode);
        Assert.Equal(2, log.Lines.Count(line => line.Contains("refused for an unknown user name", StringComparison.Ordinal)));
        Assert.DoesNotContain(log.Lines, line => line.Contains("'root' signed in from", StringComparison.Ordinal));
        Assert.DoesNotContain(log.Lines, line => line.Any(char.IsControl));
    }

    [Fact]
    public async Task CVE_2025_48374_a_token_that_somebody_took_for_their_name_is_not_logged()
    {
        var log = LogCapture.Of(_server);
        using var reply = await Send(HttpMethod.Get, Login, Attacker, "glpat-0123456789abcdefghij:x");
        Assert.Equal(HttpStatusCode.Unauthorized, reply.StatusCode);
        Assert.Contains(log.Lines, line => line.StartsWith("token refused for an unknown user name", StringComparison.Ordinal));
        Assert.DoesNotContain(log.Lines, line => line.Contains("0123456789abcdefghij", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Refusals_are_counted_by_reason_without_names()
    {
        await Ban();
        using var reply = await Guess(Attacker);
        await Eventually.True(async () =>
        {
            var metrics = await (await _server.Send(HttpMethod.Get, "/-/metrics")).Content.ReadAsStringAsync(Cancel);
            return metrics.Contains("berth_access_refusals", StringComparison.Ordinal) && metrics.Contains("reason=\"ban\"", StringComparison.Ordinal)
                && metrics.Contains("berth_access_bans", StringComparison.Ordinal) && !metrics.Contains(Attacker, StringComparison.Ordinal);
        });
    }

    /// <summary>Wrong tokens ban as wrong passwords do, and cost no hash each.</summary>
    private async Task Ban()
    {
        for (var i = 0; i < LoginLimits.BanFrom; i++)
            (await Send(HttpMethod.Get, "/api/v4/user", Attacker, token: $"glpat-guess number {_guess++}")).Dispose();
    }

    private Task<HttpResponseMessage> Guess(string address) => Send(HttpMethod.Get, Login, address, $"user{_guess++}:guess number {_guess}");

    private async Task<long> Project(TestUser user)
    {
        using var made = await _server.Send(HttpMethod.Post, "/api/v4/projects", JsonContent.Create(new { path = "app" }), token: user.Token);
        return (await made.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("id").GetInt64();
    }

    private Task<HttpResponseMessage> Send(HttpMethod method, string path, string address, string? basic = null, string? token = null, HttpContent? content = null) =>
        _server.Send(method, path, content, basic: basic, token: token, with: request => request.Headers.TryAddWithoutValidation("X-Forwarded-For", address));
}

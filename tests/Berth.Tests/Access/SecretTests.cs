using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Berth.Tests.Ci;
using Berth.Tests.Groups;
using Berth.Tests.Harness;
using Berth.Tests.Web;

namespace Berth.Tests.Access;

/// <summary>
/// No secret stands anywhere but with who holds it: after requests of every kind, answered and refused, the log, the audit events and
/// every byte of the database and the data directory are searched for all that were given out or typed.
/// </summary>
public sealed class SecretTests : IAsyncLifetime
{
    private const string Root = TestServer.RootToken;

    private readonly List<string> _secrets = [TestServer.RootPassword, Root];

    private TestServer _server = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _server = await TestServer.StartOwn([IPNetwork.Parse("127.0.0.0/8")]);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task No_secret_is_in_the_log_the_audit_events_or_the_database()
    {
        using var log = LogCapture.Of(_server);
        var user = await _server.NewUser("api", "read_registry", "write_registry", "read_repository", "write_repository", "create_runner");
        Note(user.Password, user.Token);
        await TokensOfEveryKind(user);
        await Registry(user);
        await JobsAndVariables();
        await Passwords(user);
        await TypedIntoTheWrongPlace(user);
        await Guessing();
        await Eventually.True(async () => (await _server.Query<long>("select id from access_tokens where last_used_at is not null limit 1")).Count == 1);

        Assert.True(_secrets.Count > 45, $"{_secrets.Count} secrets");
        var audit = (await Api.Get(_server, "/audit_events?per_page=100", Root)).ToString();
        var places = new List<(string Name, byte[] Bytes)> { ("the log", Encoding.UTF8.GetBytes(string.Join('\n', log.Lines))), ("the audit events", Encoding.UTF8.GetBytes(audit)) };
        places.AddRange(TestDatabase.IsPostgres ? await TablesOfPostgres() : []);
        places.AddRange(FilesOfTheDataDirectory());
        // What is no secret is found, so what is would be.
        foreach (var place in new[] { "the log", "the audit events", TestDatabase.IsPostgres ? "table users" : "berth.db" })
            Assert.Contains(places, found => found.Name.StartsWith(place, StringComparison.Ordinal) && Holds(found.Bytes, user.Name));
        var leaks = places.SelectMany(place => _secrets.Where(secret => Holds(place.Bytes, secret)).Select(secret => $"'{secret}' is in {place.Name}"));
        Assert.Empty(leaks);
    }

    private async Task TokensOfEveryKind(TestUser user)
    {
        string[] scopes = ["read_registry", "write_registry"];
        var (group, _) = await Api.NewGroup(_server, user);
        var project = await Api.NewProject(_server, user, group, "app");
        var personal = await Api.Post(_server, "/user/personal_access_tokens", user.Token, new { name = "laptop", scopes });
        var rotated = await Api.Post(_server, $"/personal_access_tokens/{personal.Id()}/rotate", user.Token, new { }, HttpStatusCode.OK);
        // The old one again: its family ends.
        await Tokens.Login(_server, $"{user.Name}:{Noted(personal)}");
        await Tokens.Login(_server, $"{user.Name}:{Noted(rotated)}");
        Noted(await Api.Post(_server, $"/users/{user.Id}/impersonation_tokens", Root, new { name = "as", scopes }));
        foreach (var place in new[] { $"/projects/{project}", $"/groups/{group}" })
        {
            var access = Noted(await Api.Post(_server, $"{place}/access_tokens", user.Token, new { name = "ci", scopes = new[] { "api" } }));
            await Api.Get(_server, "/user", access);
            var deploy = await Api.Post(_server, $"{place}/deploy_tokens", user.Token, new { name = "deploy", scopes });
            await Tokens.Login(_server, $"{deploy.GetProperty("username").GetString()}:{Noted(deploy)}");
            await Tokens.Login(_server, $"{user.Name}:{deploy.Secret()}");
            await Api.Delete(_server, $"{place}/deploy_tokens/{deploy.Id()}", user.Token, HttpStatusCode.NoContent);
            await Tokens.Login(_server, $"{deploy.GetProperty("username").GetString()}:{deploy.Secret()}");
        }
        // Jobs get this one again, so it is kept whole, but encrypted.
        Noted(await Api.Post(_server, $"/projects/{project}/deploy_tokens", user.Token, new { name = "gitlab-deploy-token", scopes }));
    }

    private async Task Registry(TestUser user)
    {
        var client = await RegistryClient.For(_server, user, $"{user.Name}/hello");
        Note(client.Token);
        await client.PushImage("latest");
        using var pulled = await client.Get("manifests/latest");
        using var basic = await _server.Send(HttpMethod.Get, $"/v2/{user.Name}/hello/tags/list", basic: user.Basic);
        using var none = await _server.Send(HttpMethod.Get, "/v2/nobody/hello/tags/list", bearer: client.Token);
        using var damaged = await _server.Send(HttpMethod.Get, "/v2/", bearer: Note(client.Token + "x")[^1]);
        using var form = await _server.Send(HttpMethod.Post, "/jwt/auth", Form(user.Name, user.Password));
        Note((await form.Content.ReadFromJsonAsync<JsonElement>(Cancel)).Secret());
        // What fails inside is told with all that is known of it.
        var location = await client.StartUpload();
        _server.Storage.Fail(Storage.StorageOperation.Append, Storage.Fault.InputOutputError, times: 1);
        using var failed = await client.Patch(location, [1, 2, 3]);
        Assert.Equal(HttpStatusCode.InternalServerError, failed.StatusCode);
    }

    private async Task JobsAndVariables()
    {
        using var project = await CiProject.Fresh(_server);
        Note(project.Owner.Password, project.Owner.Token, project.Runner.Token, (await project.Get("runners/registration_token")).Secret(), "a-variables-value-0123456789");
        await Api.Post(_server, $"/projects/{project.Id}/variables", project.Owner.Token, new { key = "SECRET", value = "a-variables-value-0123456789", masked = true });
        await project.Push("build:\n  script: [make]\n");
        var job = await project.Runner.Take();
        Note(job.Token);
        using var trace = await job.Trace("made\n");
        await Tokens.Granted(_server, $"gitlab-ci-token:{job.Token}", project.Path);
        await job.End("success");
        Assert.Equal(HttpStatusCode.Unauthorized, await Tokens.Login(_server, $"gitlab-ci-token:{job.Token}"));
        using var late = await job.Trace("late\n");
        using var wrongRunner = await _server.Send(HttpMethod.Post, "/api/v4/jobs/request", JsonContent.Create(new { token = Note("glrt-a-runner-nobody-knows")[^1] }));
        await project.Git.Fails("ls-remote", GitClient.Url(_server, project.Path + ".git", project.Owner, Note("a wrong password for git")[^1]));
    }

    private async Task Passwords(TestUser user)
    {
        using var browser = await Browser.SignedIn(_server, user);
        Note([.. browser.Cookies.GetCookies(new Uri(_server.Url)).Select(cookie => cookie.Value).Where(value => value.Length > 10)]);
        using var wrong = await browser.SignIn(user.Name, Note("wrong at the page")[^1]);
        await Api.Put(_server, $"/users/{user.Id}", Root, new { password = Note("Shrt-7x")[^1] }, HttpStatusCode.BadRequest);
        await Api.Put(_server, "/user/password", user.Token, new { current_password = Note("wrong old password")[^1], password = Note("never taken as the new one")[^1] }, HttpStatusCode.BadRequest);
        await Api.Put(_server, "/user/password", user.Token, new { current_password = user.Password, password = Note("the new password of them")[^1] }, HttpStatusCode.NoContent);
        // Where the body is not what it should be, a complaint may not show it.
        foreach (var body in new[] { """{"username":"x","password":["in a list 0123"]}""", """{"username":"x","password":"cut off 0123""", """{"admin":"maybe 0123 a secret"}""" })
        {
            using var bad = await _server.Send(HttpMethod.Post, "/api/v4/users", new StringContent(body, Encoding.UTF8, "application/json"), token: Root);
            Assert.Equal(HttpStatusCode.BadRequest, bad.StatusCode);
        }
        Note("in a list 0123", "cut off 0123", "maybe 0123 a secret");
    }

    /// <summary>People type passwords where the name belongs, and paste tokens anywhere.</summary>
    private async Task TypedIntoTheWrongPlace(TestUser user)
    {
        using var browser = new Browser(_server);
        foreach (var secret in new[] { "My-Password-Typed-As-A-Name", "glpat-PastedAsAName0123456789", "hunter2hunter2" })
        {
            Note(secret);
            await Tokens.Login(_server, $"{secret}:");
            await Tokens.Login(_server, $"{secret}:{secret}");
            await Tokens.Login(_server, $"{secret}:{user.Name}");
            using var page = await browser.SignIn(secret, user.Name);
            using var registry = await _server.Send(HttpMethod.Get, "/v2/", basic: $"{secret}:x");
            using var api = await _server.Send(HttpMethod.Get, "/api/v4/user", basic: $"{secret}:x");
            using var git = await _server.Send(HttpMethod.Get, $"/{user.Name}/none.git/info/refs?service=git-upload-pack", basic: $"{secret}:x");
            using var header = await _server.Send(HttpMethod.Get, "/api/v4/user", token: secret);
            using var bearer = await _server.Send(HttpMethod.Get, "/v2/_catalog", bearer: secret);
            using var query = await _server.Send(HttpMethod.Get, $"/api/v4/user?private_token={secret}");
            using var account = await _server.Send(HttpMethod.Get, $"/jwt/auth?service=container_registry&account={secret}&scope=repository:{secret}:pull", basic: user.Basic);
            using var form = await _server.Send(HttpMethod.Post, "/jwt/auth", Form(secret, "x"));
        }
    }

    /// <summary>So many wrong ones that the address is banned, which the log and the audit tell.</summary>
    private async Task Guessing()
    {
        for (var i = 0; i < 25; i++)
        {
            // From the eleventh on passwords are made to wait, and count no more; tokens count all.
            var guess = i < 8 ? $"a guess of number {i:00}" : $"glpat-a-guess-of-number-{i:00}";
            Note(guess);
            using var reply = await _server.Send(HttpMethod.Get, "/jwt/auth?service=container_registry", basic: $"nobody{i}:{guess}", with: request => request.Headers.Add("X-Forwarded-For", "203.0.113.9"));
        }
        Assert.Contains("login.ban", Api.Texts(await Api.Get(_server, "/audit_events?per_page=100", Root), "event_name"));
    }

    private static FormUrlEncodedContent Form(string username, string password) =>
        new([new("grant_type", "password"), new("service", "container_registry"), new("username", username), new("password", password)]);

    private string[] Note(params string[] secrets)
    {
        _secrets.AddRange(secrets);
        return secrets;
    }

    private string Noted(JsonElement made) => Note(made.Secret())[0];

    /// <summary>Every row of every table as text; bytes are in it in hexadecimal.</summary>
    private async Task<List<(string, byte[])>> TablesOfPostgres()
    {
        var tables = new List<(string, byte[])>();
        foreach (var table in await _server.Query<string>("select table_name from information_schema.tables where table_schema = 'public' order by table_name"))
            tables.Add(($"table {table}", Encoding.UTF8.GetBytes(string.Join('\n', await _server.Query<string>($"select t::text from \"{table}\" t")))));
        return tables;
    }

    /// <summary>The database of SQLite with its log, and whatever else there is.</summary>
    private List<(string, byte[])> FilesOfTheDataDirectory()
    {
        var files = new List<(string, byte[])>();
        foreach (var path in Directory.EnumerateFiles(_server.Data.Path, "*", SearchOption.AllDirectories).Where(path => !path.EndsWith(".sock", StringComparison.Ordinal) && Path.GetFileName(path) != "lock"))
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var bytes = new MemoryStream();
            file.CopyTo(bytes);
            files.Add((Path.GetRelativePath(_server.Data.Path, path), bytes.ToArray()));
        }
        return files;
    }

    /// <summary>Whether a secret is there, in upper or lower case, as it is, in base64 or in hexadecimal.</summary>
    private static bool Holds(byte[] bytes, string secret)
    {
        var text = Encoding.UTF8.GetBytes(secret);
        var lower = Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(bytes).ToLowerInvariant());
        return new[] { secret, Convert.ToHexString(text), Convert.ToBase64String(text).TrimEnd('=')[..^1], Uri.EscapeDataString(secret) }
            .Any(form => lower.AsSpan().IndexOf(Encoding.UTF8.GetBytes(form.ToLowerInvariant())) >= 0);
    }
}

using System.Net.Http.Json;
using System.Text.Json;
using Berth.Acceptance.Harness;

namespace Berth.Acceptance.Credentials;

/// <summary>
/// A Berth with a private project team/app and one credential of every kind for it, and every kind of bad one. Of the users ada owns
/// the group, dev is a Developer, rita a Reporter, guest a Guest, eve nobody, and bob a Developer who was blocked.
/// </summary>
public sealed class CredentialSite(Engine engine) : IAsyncLifetime
{
    public const string Password = "a long password";

    private readonly Dictionary<string, (string Username, string Secret)> _credentials = new()
    {
        ["password"] = ("ada", Password),
        ["wrong password"] = ("ada", "not the password"),
        ["wrong token"] = ("ada", "glpat-0123456789abcdefghijklmnopq"),
        ["a user who does not exist"] = ("nobody-of-that-name", "not the password"),
        ["no member"] = ("eve", Password),
        ["blocked user's password"] = ("bob", Password),
    };

    public BerthProgram Berth { get; private set; } = null!;

    public string Registry => Berth.Registry;

    /// <summary>What to type at a login; null is none at all.</summary>
    public (string Username, string Secret)? this[string credential] => credential == "none" ? null : _credentials[credential];

    public async ValueTask InitializeAsync()
    {
        Berth = await BerthProgram.Start();
        using var root = new RestApi(Berth, "root", BerthProgram.RootToken);
        var ids = new Dictionary<string, long>();
        foreach (var name in new[] { "ada", "dev", "rita", "guest", "eve", "bob" })
            ids[name] = Id(await root.Post("users", new { username = name, password = Password }));
        using var ada = new RestApi(Berth, "ada", await Personal(root, ids["ada"], "api", "create_runner", "write_repository"));
        var team = Id(await ada.Post("groups", new { name = "Team", path = "team" }));
        var app = Id(await ada.Post("projects", new { path = "app", namespace_id = team }));
        var other = Id(await ada.Post("projects", new { path = "other", namespace_id = team }));
        foreach (var (name, level) in new[] { ("dev", 30), ("rita", 20), ("guest", 10), ("bob", 30) })
            await ada.Post($"groups/{team}/members", new { user_id = ids[name], access_level = level });

        await MakeTokens(root, ada, ids, team, app);
        await MakeBadOnes(root, ada, ids, app, other);
        await MakeJobToken(ada, app);
        await root.Post($"users/{ids["bob"]}/block", new { });
        using var workstation = new Workstation(engine);
        (await workstation.Run($"skopeo copy --dest-tls-verify=false --dest-creds ada:'{Password}' containers-storage:docker.io/library/busybox docker://{Registry}/team/app/kept:1")).Succeeded();
    }

    public ValueTask DisposeAsync() => Berth.DisposeAsync();

    private async Task MakeTokens(RestApi root, RestApi ada, Dictionary<string, long> ids, long team, long app)
    {
        var both = new[] { "read_registry", "write_registry" };
        _credentials["personal token with api"] = ("ada", await Personal(root, ids["ada"], "api"));
        _credentials["personal token of a Developer"] = ("dev", await Personal(root, ids["dev"], [.. both, "api"]));
        _credentials["read_registry token"] = ("ada", await Personal(root, ids["ada"], "read_registry"));
        _credentials["read_user token"] = ("ada", await Personal(root, ids["ada"], "read_user"));
        _credentials["Reporter's token"] = ("rita", await Personal(root, ids["rita"], [.. both, "api"]));
        _credentials["Guest's token"] = ("guest", await Personal(root, ids["guest"], both));
        _credentials["impersonation token"] = ("ada", Token(await root.Post($"users/{ids["ada"]}/impersonation_tokens", new { name = "as ada", scopes = both })));
        _credentials["project token"] = ("any-name", Token(await ada.Post($"projects/{app}/access_tokens", new { name = "ci", scopes = new[] { "api" }, access_level = 40 })));
        _credentials["group token"] = ("any-name", Token(await ada.Post($"groups/{team}/access_tokens", new { name = "ci", scopes = both, access_level = 30 })));
        _credentials["project deploy token"] = Deploy(await ada.Post($"projects/{app}/deploy_tokens", new { name = "deploy", scopes = both }));
        _credentials["group deploy token"] = Deploy(await ada.Post($"groups/{team}/deploy_tokens", new { name = "deploy", scopes = both }));
    }

    private async Task MakeBadOnes(RestApi root, RestApi ada, Dictionary<string, long> ids, long app, long other)
    {
        var both = new[] { "read_registry", "write_registry" };
        var revoked = await root.Post($"users/{ids["ada"]}/personal_access_tokens", new { name = "revoked", scopes = both });
        await root.Delete($"personal_access_tokens/{Id(revoked)}");
        _credentials["revoked token"] = ("ada", Token(revoked));
        var deploy = await ada.Post($"projects/{app}/deploy_tokens", new { name = "revoked", scopes = both });
        await ada.Delete($"projects/{app}/deploy_tokens/{Id(deploy)}");
        _credentials["revoked deploy token"] = Deploy(deploy);
        _credentials["deploy token under another name"] = ("ada", _credentials["project deploy token"].Secret);
        _credentials["blocked user's token"] = ("bob", await Personal(root, ids["bob"], both));
        _credentials["another project's deploy token"] = Deploy(await ada.Post($"projects/{other}/deploy_tokens", new { name = "other", scopes = both }));
        _credentials["another project's token"] = ("any-name", Token(await ada.Post($"projects/{other}/access_tokens", new { name = "other", scopes = both, access_level = 40 })));
        var expired = await root.Post($"users/{ids["ada"]}/personal_access_tokens", new { name = "expired", scopes = both });
        await Expire(Id(expired));
        _credentials["expired token"] = ("ada", Token(expired));
    }

    /// <summary>Puts the end of a token into the past. No token is made with one, so it is written into the database.</summary>
    private async Task Expire(long id) =>
        (await Command.Run("python3", ["-c", $"import sqlite3; db = sqlite3.connect('{Berth.DataDirectory}/berth.db', timeout=30); db.execute('update access_tokens set expires_at = 1 where id = {id}'); db.commit()"])).Succeeded();

    /// <summary>The token of a job that runs as long as this site: a runner took it and says no more.</summary>
    private async Task MakeJobToken(RestApi ada, long app)
    {
        using var workstation = new Workstation(engine);
        await File.WriteAllTextAsync($"{workstation.Home}/.gitlab-ci.yml", "build:\n  script: [\"true\"]\n", TestContext.Current.CancellationToken);
        var origin = new UriBuilder($"{Berth.Url}/team/app.git") { UserName = "ada", Password = Uri.EscapeDataString(Password) }.Uri.AbsoluteUri;
        (await workstation.Run($"cd {workstation.Home} && git init -q -b main . && git add .gitlab-ci.yml && git -c user.name=Ada -c user.email=ada@example.org commit -qm Build && git push -q {origin} main")).Succeeded();
        var runner = Token(await ada.Post("user/runners", new { runner_type = "project_type", project_id = app, run_untagged = true }));
        using var client = RestApi.Client(Berth);
        for (var waited = 0; waited < 300; waited++)
        {
            using var reply = await client.PostAsJsonAsync("jobs/request", new { token = runner, info = new { name = "gitlab-runner", version = "17.0.0", features = new { } } }, TestContext.Current.CancellationToken);
            if (reply.StatusCode == System.Net.HttpStatusCode.Created)
            {
                _credentials["job token"] = ("gitlab-ci-token", Token(await reply.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)));
                return;
            }
            // The push makes the pipeline in the background.
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
        Assert.Fail("no job came of the push");
    }

    private static async Task<string> Personal(RestApi root, long user, params string[] scopes) =>
        Token(await root.Post($"users/{user}/personal_access_tokens", new { name = "a token", scopes }));

    private static long Id(JsonElement made) => made.GetProperty("id").GetInt64();

    private static string Token(JsonElement made) => made.GetProperty("token").GetString()!;

    private static (string Username, string Secret) Deploy(JsonElement made) => (made.GetProperty("username").GetString()!, Token(made));
}

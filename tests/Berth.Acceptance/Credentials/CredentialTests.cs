using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Berth.Acceptance.Harness;

namespace Berth.Acceptance.Credentials;

/// <summary>Every kind of credential with the clients: what it may and may not, and what the clients print of a refusal.</summary>
public sealed class CredentialTests(Engine engine, CredentialSite site) : IClassFixture<CredentialSite>
{
    /// <summary>Each kind, and whether it may delete too.</summary>
    private static readonly (string Credential, bool Deletes)[] Good =
    [
        ("password", true), ("personal token with api", true), ("personal token of a Developer", false), ("impersonation token", false), ("project token", true),
        ("group token", false), ("project deploy token", false), ("group deploy token", false), ("job token", true),
    ];

    /// <summary>Bad ones, the status of /jwt/auth for a push, and a word of the cause.</summary>
    private static readonly (string Credential, HttpStatusCode Status, string Cause)[] Bad =
    [
        ("wrong password", HttpStatusCode.Unauthorized, "The user name or password is wrong"),
        ("a user who does not exist", HttpStatusCode.Unauthorized, "The user name or password is wrong"),
        ("wrong token", HttpStatusCode.Unauthorized, "the token is wrong, expired or revoked"),
        ("expired token", HttpStatusCode.Unauthorized, "the token is wrong, expired or revoked"),
        ("revoked token", HttpStatusCode.Unauthorized, "the token is wrong, expired or revoked"),
        ("revoked deploy token", HttpStatusCode.Unauthorized, "the token is wrong, expired or revoked"),
        ("deploy token under another name", HttpStatusCode.Unauthorized, "the token is wrong, expired or revoked"),
        ("blocked user's token", HttpStatusCode.Unauthorized, "the token is wrong, expired or revoked"),
        ("blocked user's password", HttpStatusCode.Unauthorized, "The user name or password is wrong"),
        ("read_user token", HttpStatusCode.Forbidden, "the token has none of the scopes read_registry and write_registry"),
        ("none", HttpStatusCode.Forbidden, "log in first (docker login)"),
    ];

    /// <summary>Good ones that may not push to team/app, whether they may pull, and the cause that /v2 tells.</summary>
    private static readonly (string Credential, bool Pulls, string Cause)[] Short =
    [
        ("read_registry token", true, "the token lacks the scope write_registry"),
        ("Reporter's token", true, "needs at least the role Developer in project 'team/app'; 'rita' is Reporter"),
        ("Guest's token", false, "'guest' is Guest"),
        ("no member", false, "is in no project that 'eve' may see"),
        ("another project's deploy token", false, "is not of the project that this deploy token is for"),
        ("another project's token", false, "is in no project that 'project_"),
    ];

    private static readonly string[] Clients = ["crane", "oras", "skopeo"];

    private static readonly string[] Engines = ["docker", "podman"];

    public static TheoryData<string, string, bool> GoodCells => [.. Clients.SelectMany(client => Good.Select(row => (client, row.Credential, row.Deletes)))];

    public static TheoryData<string, string> EngineCells => [.. Engines.SelectMany(client => new[] { "password", "project token", "project deploy token", "job token" }.Select(credential => (client, credential)))];

    public static TheoryData<string, string, HttpStatusCode, string> BadCells => [.. Clients.SelectMany(client => Bad.Select(row => (client, row.Credential, row.Status, row.Cause)))];

    public static TheoryData<string, string, bool, string> ShortCells => [.. Clients.SelectMany(client => Short.Select(row => (client, row.Credential, row.Pulls, row.Cause)))];

    public static TheoryData<string, HttpStatusCode, string> BadAnswers => [.. Bad.Select(row => (row.Credential, row.Status, row.Cause))];

    [Theory]
    [MemberData(nameof(GoodCells))]
    public async Task Each_kind_of_credential_logs_in_pushes_pulls_and_deletes_as_far_as_it_may(string client, string credential, bool deletes)
    {
        using var at = new ClientHome(engine, client, site.Registry);
        await at.LogIn(site[credential]);
        var image = $"{site.Registry}/team/app/{credential.ToLowerInvariant().Replace(' ', '-').Replace('\'', '-')}/{client}:1";
        (await at.Push(image)).Succeeded();
        (await at.Pull(image)).Succeeded();
        var deleted = await at.Delete(image);
        if (deletes)
            deleted.Succeeded();
        else
            deleted.FailedWith(credential == "personal token of a Developer" ? "needs at least the role Maintainer" : "the token lacks the scope api");
        Assert.Equal(deletes, (await at.Pull(image)).ExitCode != 0);
    }

    [Theory]
    [MemberData(nameof(EngineCells))]
    public async Task Docker_and_podman_log_in_push_and_pull(string client, string credential)
    {
        using var at = new ClientHome(engine, client, site.Registry);
        await at.LogIn(site[credential]);
        var image = $"{site.Registry}/team/app/{credential.Replace(' ', '-')}:{client}";
        (await at.Push(image)).Succeeded();
        (await at.Pull(image)).Succeeded();
    }

    [Theory]
    [MemberData(nameof(BadCells))]
    public async Task A_bad_credential_neither_pushes_nor_pulls_and_the_client_says_why(string client, string credential, HttpStatusCode status, string cause)
    {
        using var at = new ClientHome(engine, client, site.Registry);
        await at.LogIn(site[credential], refused: true);
        foreach (var outcome in new[] { await at.Push($"{site.Registry}/team/app/never:1"), await at.Pull($"{site.Registry}/team/app/kept:1"), await at.Delete($"{site.Registry}/team/app/kept:1") })
            outcome.FailedWith(at.PrintsOf(status, cause));
    }

    [Theory]
    [MemberData(nameof(ShortCells))]
    public async Task A_good_credential_that_falls_short_is_told_what_is_missing(string client, string credential, bool pulls, string cause)
    {
        using var at = new ClientHome(engine, client, site.Registry);
        await at.LogIn(site[credential]);
        (await at.Push($"{site.Registry}/team/app/never:1")).FailedWith(pulls ? cause : at.PrintsOfHead(cause));
        var pulled = await at.Pull($"{site.Registry}/team/app/kept:1");
        if (pulls)
            pulled.Succeeded();
        else
            pulled.FailedWith(cause);
        // What is there and what is not get one answer, where the project is none of theirs.
        if (cause.StartsWith("is ", StringComparison.Ordinal))
            (await at.Pull($"{site.Registry}/team/there-is-none:1")).FailedWith(cause);
    }

    [Theory]
    [MemberData(nameof(BadAnswers))]
    public async Task The_token_endpoint_refuses_a_bad_credential_with_the_documented_status(string credential, HttpStatusCode status, string cause)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        if (site[credential] is var (username, secret))
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{username}:{secret}")));
        var answers = new List<string>();
        foreach (var name in new[] { "team/app", "team/there-is-none" })
        {
            using var reply = await client.GetAsync($"{site.Berth.Url}/jwt/auth?service=container_registry&scope=repository:{name}:pull,push", TestContext.Current.CancellationToken);
            Assert.Equal(status, reply.StatusCode);
            answers.Add(await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }
        Assert.Contains(cause, answers[0], StringComparison.Ordinal);
        Assert.Equal(answers[0], answers[1]);
    }
}

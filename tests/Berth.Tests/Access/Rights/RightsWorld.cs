using System.Text.Json;
using Berth.Tests.Groups;
using Berth.Tests.Harness;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Berth.Tests.Access.Rights;

/// <summary>
/// What the table of rights is tried on: nine projects of one group, one of each visibility and registry access level, and a
/// credential of each kind, role and set of scopes. Made once; the requests then change nothing.
/// </summary>
internal sealed class RightsWorld(TestServer server)
{
    public static readonly string[] Visibilities = ["private", "internal", "public"];
    public static readonly string[] RegistryLevels = ["enabled", "private", "disabled"];

    private static readonly (string Name, int Level)[] Roles = [("Guest", 10), ("Reporter", 20), ("Developer", 30), ("Maintainer", 40), ("Owner", 50)];

    private static readonly string[] AccessTokenScopes =
    [
        "api", "read_api", "read_registry", "write_registry", "read_registry write_registry", "read_repository", "write_repository",
        "read_user create_runner manage_runner self_rotate",
    ];

    private static readonly string[] DeployTokenScopes =
        ["read_registry", "write_registry", "read_registry write_registry", "read_repository", "read_registry write_registry read_repository"];

    private readonly string _password = "password of everyone";
    private TestUser _owner = null!;
    private (long Id, string Path) _group;

    public List<RightsProject> Projects { get; } = [];

    public List<RightsCaller> Callers { get; } = [new("anonymous", "", "", _ => null)];

    /// <summary>A group below in which a push makes projects, with the same members.</summary>
    public string Creating { get; private set; } = "";

    public string GroupPath => _group.Path;

    /// <summary>The namespace of somebody else.</summary>
    public string OthersPath => _owner.Name;

    public async Task Make()
    {
        _owner = await server.NewUser("api", "read_registry", "write_registry");
        _group = await Api.NewGroup(server, _owner, visibility: "public");
        Creating = (await Api.NewGroup(server, _owner, _group.Id, "public", pushCreates: true)).Path;
        await MakeProjects();
        var people = await MakePeople();
        foreach (var person in people)
            Callers.Add(Person("password", person.Role, "", $"{person.User.Name}:{_password}", person.User));
        await AddPersonalTokens("personal token", people, "personal_access_tokens");
        await AddPersonalTokens("impersonation token", people, "impersonation_tokens");
        await AddProjectTokens();
        await AddGroupTokens();
        await AddDeployTokens();
        await AddJobTokens(people);
    }

    private async Task MakeProjects()
    {
        foreach (var visibility in Visibilities)
        {
            foreach (var registry in RegistryLevels)
            {
                var path = $"{visibility}-{registry}";
                var id = await Api.NewProject(server, _owner, _group.Id, path, visibility);
                Projects.Add(new(Projects.Count, $"{_group.Path}/{path}", id, visibility, registry));
                await (await RegistryClient.For(server, _owner, $"{_group.Path}/{path}")).PushImage("latest");
                await Api.Put(server, $"/projects/{id}", _owner.Token, new { container_registry_access_level = registry });
            }
        }
    }

    /// <summary>One of each role, by their membership of the group. Their passwords are right but cheap to check: there are hundreds.</summary>
    private async Task<List<(string Role, TestUser User)>> MakePeople()
    {
        var people = new List<(string Role, TestUser User)>();
        foreach (var (role, level) in Roles.Prepend(("no role", 0)))
        {
            var user = await server.NewUser();
            people.Add((role, user));
            if (level > 0)
                await Api.AddMember(server, _owner, $"groups/{_group.Id}", user, level);
        }
        var admin = $"u{Guid.NewGuid():N}"[..12];
        var made = await server.Post("/api/v4/users", new { username = admin, admin = true });
        people.Add(("admin", new TestUser(made.Id(), admin, _password, "", 0)));
        var cheap = new PasswordHasher<object>(Options.Create(new PasswordHasherOptions { IterationCount = 1 })).HashPassword(new object(), _password);
        var ids = people.Select(person => person.User.Id).ToList();
        await server.Database.Write(transaction => ids.ForEach(id => transaction.Execute("update users set password_hash = @cheap where id = @id", new { cheap, id })));
        return people;
    }

    private async Task AddPersonalTokens(string kind, List<(string Role, TestUser User)> people, string place)
    {
        foreach (var (role, user) in people)
        {
            foreach (var scopes in AccessTokenScopes)
            {
                var made = await server.Post($"/api/v4/users/{user.Id}/{place}", new { name = "test", scopes = scopes.Split(' ') });
                Callers.Add(Person(kind, role, scopes, "x:" + made.Secret(), user));
            }
        }
    }

    private static RightsCaller Person(string kind, string role, string scopes, string basic, TestUser user) => new(kind, role, scopes, _ => basic) { Namespace = user.Name };

    private async Task AddProjectTokens()
    {
        foreach (var (role, level) in Roles)
        {
            foreach (var scopes in AccessTokenScopes)
            {
                var tokens = await OfEach(project => $"projects/{project.Id}/access_tokens", new { name = "t", scopes = scopes.Split(' '), access_level = level });
                Callers.Add(new("project token", role, scopes, project => "x:" + tokens[project.Index].Secret()));
            }
        }
        var (other, _, elsewhere) = await Tokens.Project(server);
        var foreign = await Tokens.Post(server, $"projects/{elsewhere}/access_tokens", other.Token, new { name = "t", scopes = new[] { "api" }, access_level = 40 });
        Callers.Add(new("project token", "other project", "api", _ => "x:" + foreign.Secret()));
    }

    private async Task AddGroupTokens()
    {
        foreach (var (role, level) in Roles)
        {
            foreach (var scopes in AccessTokenScopes)
                Callers.Add(Bot("group token", role, scopes, await GroupToken(_owner, _group.Id, level, scopes)));
        }
        var stranger = await server.NewUser();
        var (elsewhere, _) = await Api.NewGroup(server, stranger);
        Callers.Add(Bot("group token", "other group", "api", await GroupToken(stranger, elsewhere, 50, "api")));
    }

    private Task<JsonElement> GroupToken(TestUser owner, long group, int level, string scopes) =>
        Tokens.Post(server, $"groups/{group}/access_tokens", owner.Token, new { name = "t", scopes = scopes.Split(' '), access_level = level });

    private static RightsCaller Bot(string kind, string who, string scopes, JsonElement made) => new(kind, who, scopes, _ => "x:" + made.Secret());

    private async Task AddDeployTokens()
    {
        var stranger = await server.NewUser();
        var (elsewhere, _) = await Api.NewGroup(server, stranger);
        var other = await Api.NewProject(server, stranger, elsewhere, "app");
        foreach (var scopes in DeployTokenScopes)
        {
            var body = new { name = "d", scopes = scopes.Split(' ') };
            var tokens = await OfEach(project => $"projects/{project.Id}/deploy_tokens", body);
            Callers.Add(new("project deploy token", "own project", scopes, project => Deploy(tokens[project.Index])));
            var foreign = Deploy(await Tokens.Post(server, $"projects/{other}/deploy_tokens", stranger.Token, body));
            Callers.Add(new("project deploy token", "other project", scopes, _ => foreign));
            var own = Deploy(await Tokens.Post(server, $"groups/{_group.Id}/deploy_tokens", _owner.Token, body));
            Callers.Add(new("group deploy token", "own group", scopes, _ => own));
            var beside = Deploy(await Tokens.Post(server, $"groups/{elsewhere}/deploy_tokens", stranger.Token, body));
            Callers.Add(new("group deploy token", "other group", scopes, _ => beside));
        }
    }

    private static string Deploy(JsonElement made) => $"{made.GetProperty("username").GetString()}:{made.Secret()}";

    private Task<JsonElement[]> OfEach(Func<RightsProject, string> path, object body) =>
        Task.WhenAll(Projects.Select(project => Tokens.Post(server, path(project), _owner.Token, body)));

    /// <summary>Jobs that run in the project itself, in one that no project lets in, and in one that all nine let in, each of every user.</summary>
    private async Task AddJobTokens(List<(string Role, TestUser User)> people)
    {
        var unlisted = await Api.NewProject(server, _owner, _group.Id, "unlisted");
        var listed = await Api.NewProject(server, _owner, _group.Id, "listed");
        foreach (var project in Projects)
            await Tokens.Post(server, $"projects/{project.Id}/job_token_scope/allowlist", _owner.Token, new { target_project_id = listed });
        foreach (var (role, user) in people)
        {
            var own = await Task.WhenAll(Projects.Select(project => RunningJobs.Start(server, project.Id, user.Id)));
            Callers.Add(new("job token, own project", role, "", project => own[project.Index]));
        }
        foreach (var (place, id) in new[] { ("job token, other project", unlisted), ("job token, listed project", listed) })
        {
            foreach (var (role, user) in people)
            {
                var job = await RunningJobs.Start(server, id, user.Id);
                Callers.Add(new(place, role, "", _ => job));
            }
        }
    }
}

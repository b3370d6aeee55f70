using System.Text.Json;
using Berth.Acceptance.Harness;

namespace Berth.Acceptance.Clients;

/// <summary>GitLab's own command line clients make groups, projects, members and tokens against Berth, and list them.</summary>
public sealed class GitLabClientTests(Engine engine)
{
    private const string Ada = "a long password";

    /// <summary>The command of python-gitlab, which Debian calls so.</summary>
    [Fact]
    public async Task Python_gitlab_makes_and_lists_groups_projects_members_and_tokens()
    {
        await using var berth = await BerthProgram.Start();
        using var workstation = new Workstation(engine);
        await ConfigurePython(workstation, berth);
        async Task<JsonElement> Call(string line) => JsonElement.Parse((await workstation.Run($"python-gitlab -o json {line}")).Succeeded());
        async Task Do(string line) => (await workstation.Run($"python-gitlab {line}")).Succeeded();

        Assert.Equal("root", (await Call("current-user get")).GetProperty("username").GetString());
        var ada = Id(await Call($"user create --username ada --name Ada --email ada@example.org --password '{Ada}'"));
        Assert.Equal([ada], Ids(await Call("user list --username ada")));
        var team = Id(await Call("group create --name Team --path team"));
        var sub = Id(await Call($"group create --name Sub --path sub --parent-id {team}"));
        Assert.Equal([sub], Ids(await Call($"group-subgroup list --group-id {team}")));
        var app = Id(await Call($"project create --name app --namespace-id {sub}"));
        Assert.Equal([app], Ids(await Call("project list --search app")));
        Assert.Equal("team/sub/app", (await Call("project get --id team/sub/app")).GetProperty("path_with_namespace").GetString());
        Assert.Equal([app], Ids(await Call($"group-project list --group-id {team} --include-subgroups yes")));
        await Do($"project update --id {app} --description 'Ours'");

        await Do($"group-member create --group-id {team} --user-id {ada} --access-level 20");
        await Do($"group-member update --group-id {team} --id {ada} --access-level 30");
        await Do($"project-member create --project-id {app} --user-id {ada} --access-level 40");
        Assert.Equal([1, ada], Ids(await Call($"group-member list --group-id {team}")));
        Assert.Equal([ada], Ids(await Call($"project-member list --project-id {app}")));
        Assert.Equal(40, (await Call($"project-member-all get --project-id {app} --id {ada}")).GetProperty("access_level").GetInt32());

        var secrets = new List<string?>();
        foreach (var (kind, owner, scopes) in new[]
        {
            ("project-access-token", $"--project-id {app} --expires-at 2999-01-01", "read_registry,write_registry"), ("group-access-token", $"--group-id {team} --expires-at 2999-01-01", "api"),
            ("project-deploy-token", $"--project-id {app} --username deployer", "read_registry"), ("group-deploy-token", $"--group-id {team} --username group-deployer", "read_registry"),
            ("user-personal-access-token", $"--user-id {ada}", "read_registry"), ("user-impersonation-token", $"--user-id {ada}", "read_registry"),
        })
        {
            // GitLab gives tokens of projects and groups a year at most; Berth says so of a day that is too late.
            if (owner.Contains("2999", StringComparison.Ordinal))
                (await workstation.Run($"python-gitlab {kind} create {owner} --name build --scopes {scopes}")).FailedWith("must be no later than");
            secrets.Add((await Call($"{kind} create {owner.Split(" --expires")[0]} --name build --scopes {scopes}")).GetProperty("token").GetString());
        }
        Assert.Equal(6, secrets.Distinct().Count());
        foreach (var list in new[] { $"project-access-token list --project-id {app}", $"group-access-token list --group-id {team}", $"project-deploy-token list --project-id {app}", $"group-deploy-token list --group-id {team}", $"user-impersonation-token list --user-id {ada}" })
            Assert.Equal("build", Assert.Single((await Call(list)).EnumerateArray()).GetProperty("name").GetString());
        Assert.Equal(2, (await Call("deploy-token list")).GetArrayLength());
        Assert.Single((await Call($"personal-access-token list --user-id {ada}")).EnumerateArray());
        (await workstation.Run($"skopeo login --tls-verify=false -u deployer --password-stdin {berth.Registry}", secrets[2]!)).Succeeded();

        await Do($"user block --id {ada}");
        Assert.Equal("blocked", (await Call($"user get --id {ada}")).GetProperty("state").GetString());
        await Do($"user unblock --id {ada}");
        Assert.Equal([team, sub], Ids(await Call("namespace list --search team")).Order());
        await Do($"project-member delete --project-id {app} --id {ada}");
        await Do($"group-member delete --group-id {team} --id {ada}");
        await Do($"project delete --id {app}");
        await Do($"user delete --id {ada}");
        (await workstation.Run($"python-gitlab user get --id {ada}")).FailedWith("404 User Not Found");
    }

    /// <summary>Deletes of the registry, as python-gitlab's command has them.</summary>
    [Fact]
    public async Task Python_gitlab_deletes_tags_one_and_many_and_repositories()
    {
        await using var berth = await BerthProgram.Start();
        using var workstation = new Workstation(engine);
        await File.WriteAllTextAsync($"{workstation.Home}/.python-gitlab.cfg", $"""
            [global]
            default = berth
            [berth]
            url = {berth.Url}
            private_token = {BerthProgram.RootToken}
            """, TestContext.Current.CancellationToken);
        using var root = new RestApi(berth, "root", BerthProgram.RootToken);
        async Task Do(string line) => (await workstation.Run($"python-gitlab {line}")).Succeeded();
        using var http = TaggedImage.Client(berth);
        foreach (var tag in new[] { "v1", "v2", "v3", "keep" })
            await TaggedImage.Push(http, "root/hello", tag);
        Task<string> Tags() => http.GetStringAsync("/v2/root/hello/tags/list", TestContext.Current.CancellationToken);

        // The command (3.12) wants a name for delete-in-bulk too, and does not send it.
        const string Where = "--project-id 1 --repository-id 1";
        await Do($"project-registry-tag delete {Where} --name v1");
        Assert.DoesNotContain("v1", await Tags(), StringComparison.Ordinal);
        (await workstation.Run($"python-gitlab project-registry-tag delete {Where} --name v1")).FailedWith("404 Tag Not Found");
        (await workstation.Run($"python-gitlab project-registry-tag delete-in-bulk {Where} --name any --name-regex-delete '('")).FailedWith("name_regex_delete is an invalid regexp");
        await Do($"project-registry-tag delete-in-bulk {Where} --name any --name-regex-delete '.*' --name-regex-keep 'k.*' --keep-n 1");
        (await workstation.Run($"python-gitlab project-registry-tag delete-in-bulk {Where} --name any --name-regex-delete '.*'")).FailedWith("at most once an hour");
        while ((await root.Get("projects/1/registry/repositories/1/tag_deletion")).GetProperty("state").GetString() == "running")
        {
        }
        var left = await Tags();
        Assert.Contains("keep", left, StringComparison.Ordinal);
        Assert.Contains("v3", left, StringComparison.Ordinal);
        Assert.DoesNotContain("v2", left, StringComparison.Ordinal);
        await Do("project-registry-repository delete --project-id 1 --id 1");
        Assert.Equal("hello", (await root.Get("projects/1")).GetProperty("path").GetString());
        Assert.Equal(1, (await root.Get("projects/1/registry/deleted_repositories")).GetArrayLength());
        await Do("project delete --id 1");
        await Do("project restore --id 1");
        await root.Post("projects/1/registry/repositories/1/restore", new { });
        Assert.Contains("keep", await Tags(), StringComparison.Ordinal);
    }

    /// <summary>gitlabracadabra (1.12) does with images one thing: it mirrors them into a project. It speaks HTTPS alone.</summary>
    [Fact]
    public async Task Gitlabracadabra_makes_a_project_and_mirrors_images_into_it()
    {
        await using var berth = await BerthProgram.StartSelfSigned(engine.Address);
        using var workstation = new Workstation(engine);
        using var http = TaggedImage.Client(berth);
        await TaggedImage.Push(http, "root/source", "v1.0", "v1.1", "latest");
        await File.WriteAllTextAsync($"{workstation.Home}/gitlab.cfg", $"""
            [global]
            default = berth
            [berth]
            url = {berth.Url}
            private_token = {BerthProgram.RootToken}
            """, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync($"{workstation.Home}/projects.yml", $"""
            root/mirror:
              create_object: true
              visibility: private
              image_mirrors:
                - from:
                    base: {berth.Registry}/root
                    repositories: [source]
                    tags: ['/v1.*/']
                - from: {berth.Registry}/root/source:latest
                  to: other:renamed
            """, TestContext.Current.CancellationToken);
        (await workstation.Run($"cd {workstation.Home} && REQUESTS_CA_BUNDLE={berth.AuthorityPath} gitlabracadabra -c gitlab.cfg -g berth -v projects.yml")).Succeeded();
        Assert.Equal("""{"name":"root/mirror/root/source","tags":["v1.0","v1.1"]}""", await http.GetStringAsync("/v2/root/mirror/root/source/tags/list", TestContext.Current.CancellationToken));
        Assert.Equal("""{"name":"root/mirror/other","tags":["renamed"]}""", await http.GetStringAsync("/v2/root/mirror/other/tags/list", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Python_gitlab_lists_registry_repositories_and_tags()
    {
        await using var berth = await BerthProgram.Start();
        using var workstation = new Workstation(engine);
        await ConfigurePython(workstation, berth);
        async Task<JsonElement> Call(string line) => JsonElement.Parse((await workstation.Run($"python-gitlab -o json {line}")).Succeeded());
        using var client = new OciClient(berth.Url, "root/app/web");
        var (_, digest) = await client.PushImage("v1");
        await client.PushImage("v2");
        var project = (await Call("project get --id root/app")).GetProperty("id").GetInt64();

        var repository = Assert.Single((await Call($"project-registry-repository list --project-id {project}")).EnumerateArray());
        Assert.Equal(("web", "root/app/web"), (repository.GetProperty("name").GetString(), repository.GetProperty("path").GetString()));
        var id = Id(repository);
        Assert.Equal("web", (await Call($"registry-repository get --id {id}")).GetProperty("name").GetString());
        var tags = await Call($"project-registry-tag list --project-id {project} --repository-id {id} --per-page 1 --get-all");
        Assert.Equal(["v1", "v2"], tags.EnumerateArray().Select(tag => tag.GetProperty("name").GetString()));
        var tag = await Call($"project-registry-tag get --project-id {project} --repository-id {id} --name v1");
        Assert.Equal(digest, tag.GetProperty("digest").GetString());
        Assert.Equal(9, tag.GetProperty("short_revision").GetString()!.Length);
        Assert.Equal($"{berth.Registry}/root/app/web:v1", tag.GetProperty("location").GetString());
    }

    [Fact]
    public async Task Glab_pages_through_a_group_s_registry_repositories_and_tags_by_keyset()
    {
        await using var berth = await BerthProgram.Start();
        using var workstation = new Workstation(engine);
        var glab = NewerClients.Find("forky", "glab");
        await Run(workstation, $"{glab} config set -g check_update false && {glab} auth login --hostname localhost --api-host {berth.Registry} --api-protocol http --git-protocol http --stdin", await AdministratorsToken(berth));
        async Task<JsonElement> Api(string line) => JsonElement.Parse(await Run(workstation, $"GITLAB_HOST=localhost {glab} api {line}"));
        var team = Id(await Api("groups -f name=Team -f path=team -F push_creates_projects=true"));
        foreach (var name in new[] { "team/app", "team/app/web", "team/other" })
        {
            using var client = new OciClient(berth.Url, name);
            await client.PushImage("v1");
            await client.PushImage("v2");
        }
        var repositories = await Pages($"groups/{team}/registry/repositories?per_page=2");
        Assert.Equal(["team/app", "team/app/web", "team/other"], repositories.Select(repository => repository.GetProperty("path").GetString()));
        var tags = await Pages($"projects/team%2Fapp/registry/repositories/{Id(repositories[1])}/tags?pagination=keyset&per_page=1&sort=desc");
        Assert.Equal(["v2", "v1"], tags.Select(tag => tag.GetProperty("name").GetString()));

        // Each page is printed as it came: one list behind the other.
        async Task<List<JsonElement>> Pages(string address) => Entries(System.Text.Encoding.UTF8.GetBytes(await Run(workstation, $"GITLAB_HOST=localhost {glab} api '{address}' --paginate")));
    }

    private static List<JsonElement> Entries(byte[] lists)
    {
        var reader = new Utf8JsonReader(lists, new JsonReaderOptions { AllowMultipleValues = true });
        var entries = new List<JsonElement>();
        while (reader.Read())
            entries.AddRange(JsonElement.ParseValue(ref reader).EnumerateArray());
        return entries;
    }

    /// <summary>glab knows an instance by the host of its remotes, and takes where its API is from its settings.</summary>
    [Fact]
    public async Task Glab_makes_and_lists_groups_projects_members_and_tokens()
    {
        await using var berth = await BerthProgram.Start();
        using var workstation = new Workstation(engine);
        var glab = NewerClients.Find("forky", "glab");
        await Run(workstation, "git init -q -b main .");
        await Run(workstation, $"{glab} config set -g check_update false && {glab} auth login --hostname localhost --api-host {berth.Registry} --api-protocol http --git-protocol http --stdin", await AdministratorsToken(berth));
        await Run(workstation, $"git remote add origin http://localhost/team/app.git");
        async Task<string> Glab(string line) => await Run(workstation, $"GITLAB_HOST=localhost {glab} {line}");
        async Task<JsonElement> Api(string line) => JsonElement.Parse(await Glab($"api {line}"));

        Assert.Contains("Logged in to localhost as chief", await Glab("auth status --hostname localhost"), StringComparison.Ordinal);
        var ada = Id(await Api($"users -f username=ada -f name=Ada -f 'password={Ada}'"));
        var team = Id(await Api("groups -f name=Team -f path=team"));
        Assert.Contains("Created repository", await Glab("repo create team/app --private"), StringComparison.Ordinal);
        Assert.Contains("team/app", await Glab("repo list -g team"), StringComparison.Ordinal);
        Assert.Contains("team/app", await Glab("repo list --all"), StringComparison.Ordinal);
        Assert.Equal("app", (await Api("projects/:fullpath")).GetProperty("path").GetString());
        await Api($"groups/{team}/members -F user_id={ada} -F access_level=20");
        await Api($"projects/:fullpath/members -F user_id={ada} -F access_level=30");
        Assert.Equal([2, ada], Ids(await Api($"groups/{team}/members")));
        Assert.Equal([ada], Ids(await Api("projects/:fullpath/members?per_page=1 --paginate")));

        foreach (var owner in new[] { "--repo team/app", "--group team", "--user @me", "--user ada" })
        {
            var level = owner.StartsWith("--user", StringComparison.Ordinal) ? "" : "--access-level developer";
            var first = await Glab($"token create {owner} {level} --scope read_registry build");
            Assert.StartsWith("glpat-", first, StringComparison.Ordinal);
            Assert.Contains("build", await Glab($"token list {owner}"), StringComparison.Ordinal);
            Assert.NotEqual(first, await Glab($"token rotate {owner} build"));
            Assert.Contains("revoked", await Glab($"token revoke {owner} build"), StringComparison.Ordinal);
        }
        await Glab("variable set -R team/app COLOUR blue");
        Assert.Contains("COLOUR", await Glab("variable list -R team/app"), StringComparison.Ordinal);
        await Glab("repo delete team/app --yes");
        Assert.Equal(0, (await Api($"groups/{team}/projects")).GetArrayLength());
    }

    private static Task ConfigurePython(Workstation workstation, BerthProgram berth) => File.WriteAllTextAsync($"{workstation.Home}/.python-gitlab.cfg", $"""
        [global]
        default = berth
        [berth]
        url = {berth.Url}
        private_token = {BerthProgram.RootToken}
        """, TestContext.Current.CancellationToken);

    /// <summary>Not root's first token: of one that never expires glab (1.53) makes a panic in its lists.</summary>
    private static async Task<string> AdministratorsToken(BerthProgram berth)
    {
        using var root = new RestApi(berth, "root", BerthProgram.RootToken);
        await root.Post("users", new { username = "chief", password = Ada, admin = true });
        using var chief = new RestApi(berth, "chief", Ada);
        return (await chief.MakeToken("api")).Secret;
    }

    private static async Task<string> Run(Workstation workstation, string line, string input = "") => (await workstation.Run($"mkdir -p {workstation.Home}/work && cd {workstation.Home}/work && {line}", input)).Succeeded();

    private static long Id(JsonElement made) => made.GetProperty("id").GetInt64();

    private static List<long> Ids(JsonElement list) => [.. list.EnumerateArray().Select(Id)];
}

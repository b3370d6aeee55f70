using System.Globalization;
using System.Security.Cryptography;
using Berth.Tests.Groups;
using Berth.Tests.Harness;

namespace Berth.Tests.Access.Hiding;

/// <summary>The names and numbers of all that one tenant has, by what they are of: 'project', 'digest', 'job' …</summary>
internal sealed class Tenant(TestUser owner, IReadOnlyDictionary<string, string> names)
{
    public TestUser Owner => owner;

    public string this[string kind] => names.TryGetValue(kind, out var name) ? name : throw new ArgumentOutOfRangeException(nameof(kind), kind, "The tenant has none.");

    public IEnumerable<string> Kinds => names.Keys;

    /// <summary>Names and numbers of the same shape behind which nothing is.</summary>
    public Tenant Missing() => new(owner, names.ToDictionary(pair => pair.Key, pair => pair.Key switch
    {
        "image" or "path" or "group path" => Another(names["group path"]) + pair.Value[names["group path"].Length..],
        "digest" => "sha256:" + RandomNumberGenerator.GetHexString(64, lowercase: true),
        _ => long.TryParse(pair.Value, out var number) ? (number + 900_000).ToString(CultureInfo.InvariantCulture) : Another(pair.Value),
    }));

    /// <summary>A private group with a project in it that has an image, a job, and a token of each kind.</summary>
    public static async Task<Tenant> Make(TestServer server)
    {
        var owner = await server.NewUser("api", "read_registry", "write_registry", "create_runner", "read_repository", "write_repository");
        var (group, groupPath) = await Api.NewGroup(server, owner);
        var project = await Api.NewProject(server, owner, group, "app");
        var path = $"{groupPath}/app";
        // Nothing of it is called as another tenant's.
        var (tag, key) = ($"v{project}x", $"SECRET_KEY_OF_{project}X");
        var registry = await RegistryClient.For(server, owner, path);
        var (digest, _) = await registry.PushImage(tag);
        var blob = await registry.PushBlob(RandomNumberGenerator.GetBytes(100));
        var upload = (await registry.StartUpload()).Split('?')[0].Split('/')[^1];
        var scopes = new[] { "api", "read_registry", "write_registry", "read_repository", "write_repository", "self_rotate" };
        var bot = await Tokens.Post(server, $"projects/{project}/access_tokens", owner.Token, new { name = "b", scopes, access_level = 40 });
        var groupBot = await Tokens.Post(server, $"groups/{group}/access_tokens", owner.Token, new { name = "b", scopes, access_level = 40 });
        var deploy = await Tokens.Post(server, $"projects/{project}/deploy_tokens", owner.Token, new { name = "d", scopes = scopes[1..4] });
        var groupDeploy = await Tokens.Post(server, $"groups/{group}/deploy_tokens", owner.Token, new { name = "d", scopes = scopes[1..4] });
        var impersonation = await server.Post($"/api/v4/users/{owner.Id}/impersonation_tokens", new { name = "i", scopes });
        var runner = await Tokens.Post(server, "user/runners", owner.Token, new { runner_type = "project_type", project_id = project });
        await Tokens.Post(server, $"projects/{project}/variables", owner.Token, new { key, value = "a secret value" });
        var job = await RunningJobs.Start(server, project, owner.Id);
        var rows = await server.Query<string>("""
            select cast(max(id) as text) from jobs where project_id = @project union all select cast(max(id) as text) from pipelines where project_id = @project
            union all select cast(max(id) as text) from repositories where project_id = @project
            union all select cast(max(id) as text) from audit_events where entity_kind = 'project' and entity_id = @project
            """, new { project });
        return new Tenant(owner, new Dictionary<string, string>
        {
            ["group"] = Text(group),
            ["group path"] = groupPath,
            ["project"] = Text(project),
            ["path"] = path,
            ["image"] = path,
            ["digest"] = digest,
            ["blob"] = blob,
            ["tag"] = tag,
            ["upload"] = upload,
            ["user"] = Text(owner.Id),
            ["username"] = owner.Name,
            ["token of project"] = Text(bot.Id()),
            ["token of group"] = Text(groupBot.Id()),
            ["deploy token of project"] = Text(deploy.Id()),
            ["deploy token of group"] = Text(groupDeploy.Id()),
            ["bot"] = bot.GetProperty("user_id").ToString(),
            ["bot's secret"] = bot.Secret(),
            ["deploy secret"] = $"{deploy.GetProperty("username").GetString()}:{deploy.Secret()}",
            ["job's secret"] = job,
            ["pat"] = Text(owner.TokenId),
            ["impersonation"] = Text(impersonation.Id()),
            ["runner"] = Text(runner.Id()),
            ["key"] = key,
            ["job"] = rows[0],
            ["pipeline"] = rows[1],
            ["repository"] = rows[2],
            ["event"] = rows[3],
        });
    }

    private static string Text(long id) => id.ToString(CultureInfo.InvariantCulture);

    /// <summary>Of the same length, with another last character.</summary>
    private static string Another(string name) => name[..^1] + (name[^1] == 'a' ? 'b' : 'a');
}

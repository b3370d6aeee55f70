using System.Text.Json.Nodes;
using Berth.Acceptance.Harness;

namespace Berth.Acceptance.Web;

/// <summary>A group, a project, images and a pipeline whose every word tries to run as script, to turn the text around it, or to push the page apart.</summary>
internal static class HostileContent
{
    /// <summary>Right-to-left override: whatever follows reads backwards, unless it stands in an element that ends that.</summary>
    public const char Override = '\u202E';

    private const string Markup = "<script>window.hacked=1</script>\"'><img src=x onerror=window.hacked=1><style>body{display:none}</style>";
    private const int Labels = 10_000;

    /// <summary>255 characters without a place to break.</summary>
    private static readonly string Long = Markup + Override + "gnp.exe\u200B\u2066" + new string('W', 255 - Markup.Length - 10);

    /// <summary>What names of branches take of it: git refuses some characters, and the file system long ones.</summary>
    private static readonly string Branch = "\"><img/src=x/onerror=window.hacked=1>" + Override + "gnp.exe" + new string('b', 120);

    private static readonly string Tag = "v" + new string('1', 127);

    public static async Task<List<PageAddress>> Make(BerthProgram berth, RestApi api)
    {
        var path = new string('h', 80);
        var group = (await api.Post("groups", new { name = Long, path, description = Long + "\n" + new string('D', 1500) })).GetProperty("id").GetInt64();
        var user = (await api.Post("users", new { username = new string('u', 60), name = Long, password = "correct horse battery" })).GetProperty("id").GetInt64();
        await api.Post($"groups/{group}/members", new { user_id = user, access_level = 30 });
        var name = new string('p', 80);
        await api.Post("projects", new { path = name, name = Long, namespace_id = group, description = Long + "\n" + new string('D', 1500) });
        var project = $"{path}/{name}";
        foreach (var place in (string[])[$"groups/{group}", $"projects/{Uri.EscapeDataString(project)}"])
        {
            await api.Post($"{place}/access_tokens", new { name = Long, scopes = new[] { "read_registry" }, access_level = 30 });
            await api.Post($"{place}/deploy_tokens", new { name = Long, scopes = new[] { "read_registry" } });
        }
        await api.Post("user/personal_access_tokens", new { name = Long, scopes = new[] { "read_registry" } });
        await api.Post($"projects/{Uri.EscapeDataString(project)}/variables", new { key = new string('K', 255), value = Long, description = Markup });
        using var code = await CodeProject.Push(berth, project, PipelineFile(), Long + "\n\n" + Markup, Branch);
        await code.TakeJob();
        await code.Trace(Markup + "\n" + Override + "gnp.exe\n\x1b[31m" + Markup + "\x1b[0m\nsection_start:1:" + Markup + "\r\x1b[0K" + Markup + "\n" + new string('L', 5000) + "\n\x1b]8;;javascript:alert(1)\x07link\x1b]8;;\x07\n");
        var job = code.Job;
        await PushImages(berth, project, $"gitlab-ci-token:{code.JobToken}");
        var images = await api.Get($"projects/{Uri.EscapeDataString(project)}/registry/repositories");
        var image = $"/{project}/-/container_registry/{images.EnumerateArray().First(one => one.GetProperty("path").GetString() == project).GetProperty("id")}";
        var tag = await api.Get($"projects/{Uri.EscapeDataString(project)}/registry/repositories/{image.Split('/')[^1]}/tags/{Tag}");
        var pipelines = await api.Get($"projects/{Uri.EscapeDataString(project)}/pipelines");
        return Addresses(path, project, image, tag.GetProperty("digest").GetString()!, user, pipelines[0].GetProperty("id").GetInt64(), job);
    }

    private static List<PageAddress> Addresses(string group, string project, string image, string digest, long user, long pipeline, long job)
    {
        const string Image = "/{project}/-/container_registry/{id:long}";
        var query = Uri.EscapeDataString(Markup + Override);
        return
        [
            new("/", "", "/"), new("/", "", "/?show=all"), new("/", "", "/?name=" + query),
            new("/-/search", "", "/-/search?q=" + query), new("/-/search", "", "/-/search?q=" + group[..20]), new("/-/search", "", "/-/search?q=label.00001"),
            new("/-/user_settings/profile", "", "/-/user_settings/profile"), new("/-/user_settings/personal_access_tokens", "", "/-/user_settings/personal_access_tokens"),
            new("/{project:required}", "", "/" + group), new("/{project:required}", "", "/" + project), new("/{project:required}", "", "/" + new string('u', 60)),
            new("/groups/{group}/-/group_members", "", $"/groups/{group}/-/group_members"),
            new("/groups/{group}/-/edit", "", $"/groups/{group}/-/edit"),
            new("/groups/{group}/-/settings/access_tokens", "", $"/groups/{group}/-/settings/access_tokens"),
            new("/groups/{group}/-/settings/deploy_tokens", "", $"/groups/{group}/-/settings/deploy_tokens"),
            new("/{project}/-/project_members", "", $"/{project}/-/project_members"),
            new("/{project}/-/edit", "", $"/{project}/-/edit"),
            new("/{project}/-/settings/access_tokens", "", $"/{project}/-/settings/access_tokens"),
            new("/{project}/-/settings/deploy_tokens", "", $"/{project}/-/settings/deploy_tokens"),
            new("/{project}/-/ci", "", $"/{project}/-/ci"),
            new("/{project}/-/pipelines", "", $"/{project}/-/pipelines"),
            new("/{project}/-/pipelines/{id:long}", "", $"/{project}/-/pipelines/{pipeline}"),
            new("/{project}/-/jobs/{id:long}", "", $"/{project}/-/jobs/{job}"),
            new("/{project}/-/container_registry", "", $"/{project}/-/container_registry"),
            new("/{project}/-/container_registry", "", $"/{project}/-/container_registry?q={query}"),
            new(Image, "", image), new(Image, "", $"{image}?q={query}"),
            new(Image + "/tags/{tag}", "", $"{image}/tags/{Tag}"), new(Image + "/tags/{tag}", "", $"{image}/tags/{Tag}?part=labels"),
            new(Image + "/tags/{tag}", "", $"{image}/tags/index"),
            new(Image + "/manifests/{reference}", "", $"{image}/manifests/{digest}"),
            new(Image + "/delete_tags", "", $"{image}/delete_tags?tag={Tag}&tag=index"), new(Image + "/delete", "", $"{image}/delete"), new(Image + "/delete_by_rule", "", $"{image}/delete_by_rule"),
            new("/{project}/-/container_registry/deleted", "", $"/{project}/-/container_registry/deleted"), new("/-/deleted_projects", "", "/-/deleted_projects"),
            new("/{project}/-/usage_quotas", "", $"/{project}/-/usage_quotas"), new("/groups/{group}/-/usage_quotas", "", $"/groups/{group}/-/usage_quotas"),
            new("/{project}/-/settings/ci_cd", "", $"/{project}/-/settings/ci_cd"), new("/{project}/-/pipelines/new", "", $"/{project}/-/pipelines/new"),
            new("/admin/users", "", "/admin/users"), new("/admin/users/{id:long}", "", $"/admin/users/{user}"), new("/admin/groups", "", "/admin/groups"),
            new("/admin/projects", "", "/admin/projects"), new("/admin/runners", "", "/admin/runners"), new("/admin/audit_logs", "", "/admin/audit_logs"),
            new(Image + "/compare", "", $"{image}/compare?from=small&to={Tag}"), new(Image + "/compare", "problem", $"{image}/compare?from={query}&to={query}"),
        ];
    }

    private static string PipelineFile()
    {
        // JSON's strings are YAML's too.
        static string Quoted(string text) => new JsonObject { ["x"] = text }.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping })[5..^1];
        return $"stages: [{Quoted(Long)}]\n{Quoted(Long)}:\n  stage: {Quoted(Long)}\n  script: [make]\n";
    }

    private static async Task PushImages(BerthProgram berth, string project, string login)
    {
        using var push = new ImagePush(berth.Url, project, login);
        var labels = new JsonObject { [Long] = Long };
        for (var number = 0; number < Labels; number++)
            labels[$"label.{number:D5}"] = $"<b>{number}</b>";
        var config = ImagePush.ConfigOf("amd64", [(Long, 1000), (Markup, 0), (new string('H', 5000), 2000)], labels);
        config["os"] = Markup;
        config["architecture"] = Override + "46dma";
        config["author"] = Long;
        config["config"]!["Env"] = new JsonArray(Long, "A=" + Markup);
        config["config"]!["Entrypoint"] = new JsonArray(Long);
        config["config"]!["User"] = Markup;
        await push.Push("small", ImagePush.ConfigOf("amd64", [(Markup, 1000)]), [1000]);
        var image = await push.Push(Tag, config, [1000, 2000], new JsonObject { [Long] = Long, ["org.opencontainers.image.title"] = Markup + Override });
        await push.Attach(image, "application/vnd.x+json", "text/plain", Markup + "\n" + Override + Long, new JsonObject { [Long] = Long });
        await push.PushIndex("index", [(image, Markup + Override + new string('a', 200))], new JsonObject { [Long] = Long });
        await push.Push("gone", ImagePush.ConfigOf("amd64", [(Markup, 1000)]), [1000]);
        using (var client = TaggedImage.Client(berth))
            (await client.DeleteAsync($"/v2/{project}/manifests/gone", TestContext.Current.CancellationToken)).EnsureSuccessStatusCode();
        using var deep = new ImagePush(berth.Url, $"{project}/{new string('i', 40)}/{new string('j', 40)}", login);
        await deep.Push(Tag, ImagePush.ConfigOf("amd64", [(Markup, 1000)]), [1000]);
    }
}

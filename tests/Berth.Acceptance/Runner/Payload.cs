using System.Text.Json.Nodes;

namespace Berth.Acceptance.Runner;

/// <summary>Job payloads of the shape that gitlab-runner takes, to be changed by a test.</summary>
public static class Payload
{
    /// <summary>A job in busybox that needs no repository.</summary>
    public static JsonObject Script(params string[] script) => new()
    {
        ["allow_git_fetch"] = true,
        ["job_info"] = new JsonObject { ["name"] = "test", ["stage"] = "test", ["project_id"] = 1, ["project_name"] = "project" },
        ["git_info"] = new JsonObject
        {
            ["repo_url"] = "http://coordinator.invalid/group/project.git",
            ["ref"] = "main",
            ["sha"] = new string('0', 40),
            ["before_sha"] = new string('0', 40),
            ["ref_type"] = "branch",
            ["refspecs"] = new JsonArray(),
            ["depth"] = 0,
        },
        ["runner_info"] = new JsonObject { ["timeout"] = 600 },
        ["variables"] = new JsonArray(Variable("GIT_STRATEGY", "none")),
        ["steps"] = new JsonArray(Step("script", script)),
        ["image"] = new JsonObject { ["name"] = "busybox:latest" },
        ["services"] = new JsonArray(),
        ["artifacts"] = new JsonArray(),
        ["cache"] = new JsonArray(),
        ["credentials"] = new JsonArray(),
        ["dependencies"] = new JsonArray(),
        ["features"] = new JsonObject
        {
            ["trace_sections"] = true,
            ["failure_reasons"] = new JsonArray("script_failure", "runner_system_failure", "job_execution_timeout", "image_pull_failure", "job_canceled"),
        },
    };

    /// <summary>The same with the repository that the coordinator serves.</summary>
    public static JsonObject WithSources(this JsonObject payload, StandInCoordinator coordinator, string token, string sha, int depth = 20, string strategy = "fetch")
    {
        payload["git_info"] = new JsonObject
        {
            ["repo_url"] = $"{coordinator.Url.Replace("://", $"://gitlab-ci-token:{token}@", StringComparison.Ordinal)}/group/project.git",
            ["ref"] = "main",
            ["sha"] = sha,
            ["before_sha"] = new string('0', 40),
            ["ref_type"] = "branch",
            ["refspecs"] = new JsonArray("+refs/heads/main:refs/remotes/origin/main"),
            ["depth"] = depth,
        };
        payload["variables"] = new JsonArray(Variable("GIT_STRATEGY", strategy), Variable("CI_JOB_TOKEN", token, isPublic: false, isMasked: true));
        return payload;
    }

    public static JsonObject With(this JsonObject payload, string name, JsonNode value)
    {
        payload[name] = value;
        return payload;
    }

    public static JsonObject WithVariable(this JsonObject payload, JsonObject variable)
    {
        payload["variables"]!.AsArray().Add(variable);
        return payload;
    }

    public static JsonObject WithAfterScript(this JsonObject payload, params string[] script)
    {
        payload["steps"]!.AsArray().Add(Step("after_script", script));
        return payload;
    }

    public static JsonObject Variable(string key, string value, bool isPublic = true, bool isMasked = false, bool isFile = false) =>
        new() { ["key"] = key, ["value"] = value, ["public"] = isPublic, ["masked"] = isMasked, ["file"] = isFile };

    private static JsonObject Step(string name, string[] script) => new()
    {
        ["name"] = name,
        ["script"] = new JsonArray([.. script.Select(line => JsonValue.Create(line))]),
        ["timeout"] = 600,
        ["when"] = name == "after_script" ? "always" : "on_success",
        ["allow_failure"] = name == "after_script",
    };
}

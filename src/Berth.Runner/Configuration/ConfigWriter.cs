using System.Globalization;
using System.Text;

namespace Berth.Runner.Configuration;

/// <summary>Writes a <c>[[runners]]</c> as gitlab-runner's <c>register</c> does, so that either program can go on from it.</summary>
internal static class ConfigWriter
{
    private const string NoDate = "0001-01-01T00:00:00Z";

    public static string Globals { get; } = """
        concurrent = 1
        check_interval = 0
        shutdown_timeout = 0

        [session_server]
          session_timeout = 1800

        """;

    /// <param name="runner">What was asked for, and what the coordinator answered.</param>
    /// <param name="obtained">When it answered.</param>
    public static string Section(RegisteredRunner runner, DateTimeOffset obtained)
    {
        var text = new StringBuilder("[[runners]]\n");
        Line(text, 1, "name", Quote(runner.Name));
        Line(text, 1, "url", Quote(runner.Url));
        Line(text, 1, "id", runner.Id.ToString(CultureInfo.InvariantCulture));
        Line(text, 1, "token", Quote(runner.Token));
        Line(text, 1, "token_obtained_at", Date(obtained));
        Line(text, 1, "token_expires_at", runner.TokenExpiresAt is { } expires ? Date(expires) : NoDate);
        if (runner.CaFile.Length > 0)
            Line(text, 1, "tls-ca-file", Quote(runner.CaFile));
        Line(text, 1, "executor", Quote("docker"));
        text.Append("  [runners.cache]\n    [runners.cache.s3]\n    [runners.cache.gcs]\n    [runners.cache.azure]\n  [runners.docker]\n");
        Line(text, 2, "tls_verify", "false");
        Line(text, 2, "image", Quote(runner.Image));
        if (runner.HelperImage.Length > 0)
            Line(text, 2, "helper_image", Quote(runner.HelperImage));
        if (runner.Host.Length > 0)
            Line(text, 2, "host", Quote(runner.Host));
        Line(text, 2, "privileged", runner.Privileged ? "true" : "false");
        Line(text, 2, "disable_entrypoint_overwrite", "false");
        Line(text, 2, "oom_kill_disable", "false");
        Line(text, 2, "disable_cache", "false");
        Line(text, 2, "volumes", $"[{string.Join(", ", runner.Volumes.Select(Quote))}]");
        if (runner.PullPolicies.Count > 0)
            Line(text, 2, "pull_policy", $"[{string.Join(", ", runner.PullPolicies.Select(Quote))}]");
        Line(text, 2, "shm_size", "0");
        Line(text, 2, "network_mtu", "0");
        return text.ToString();
    }

    private static void Line(StringBuilder text, int depth, string key, string value) =>
        text.Append(' ', depth * 2).Append(key).Append(" = ").Append(value).Append('\n');

    private static string Date(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>A basic string of TOML.</summary>
    private static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var c in text)
        {
            _ = c switch
            {
                '"' or '\\' => quoted.Append('\\').Append(c),
                < ' ' or '\x7f' => quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:X4}"),
                _ => quoted.Append(c),
            };
        }
        return quoted.Append('"').ToString();
    }
}

using System.Collections.Frozen;
using Berth.Pipelines.Yaml;

namespace Berth.Pipelines.Entries;

/// <summary>retry: a number, or a map with the failures that are tried again.</summary>
internal static class RetryEntry
{
    private static readonly FrozenSet<string> Keys = FrozenSet.Create("max", "when", "exit_codes");

    /// <summary>GitLab's failure reasons (app/models/concerns/enums/ci/commit_status.rb) that a retry can be bound to.</summary>
    private static readonly FrozenSet<string> Reasons = FrozenSet.Create(
        "always", "unknown_failure", "script_failure", "api_failure", "stuck_or_timeout_failure", "runner_system_failure",
        "missing_dependency_failure", "runner_unsupported", "stale_schedule", "job_execution_timeout", "archived_failure",
        "unmet_prerequisites", "scheduler_failure", "data_integrity_failure", "forward_deployment_failure", "user_blocked",
        "project_deleted", "ci_quota_exceeded", "pipeline_loop_detected", "no_matching_runner", "trace_size_exceeded",
        "builds_disabled", "environment_creation_failure", "deployment_rejected", "failed_outdated_deployment_job",
        "image_pull_failure", "runner_configuration_error", "runner_interrupted");

    public static RetryDefinition? Read(Entry entry)
    {
        if (entry.Value is not YamlMap)
        {
            if (entry.Value is YamlScalar { Kind: YamlScalarKind.Integer })
                return ReadMax(entry, "config") is { } max ? new RetryDefinition(max, [], []) : null;
            entry.Error("config has to be either an integer or a hash");
            return null;
        }
        entry.CheckKeys(Keys, FrozenSet<string>.Empty);
        var most = entry.Child("max") is { } given ? ReadMax(given with { Place = entry.Place }, "max") : 0;
        var reasons = entry.Child("when")?.TextOrTexts("should be an array of strings or a string") ?? [];
        var unknown = reasons.Where(reason => !Reasons.Contains(reason)).ToList();
        if (unknown.Count > 0)
            entry.Child("when")?.Error($"contains unknown values: {string.Join(", ", unknown)}");
        var codes = entry.Child("exit_codes")?.IntegerOrIntegers("should be an array of integers or an integer") ?? [];
        if (most is null)
            return null;
        return reasons.Contains("always") ? new RetryDefinition(most.Value, [], []) : new RetryDefinition(most.Value, reasons, codes);
    }

    private static int? ReadMax(Entry entry, string what)
    {
        if (entry.Value is not YamlScalar { Kind: YamlScalarKind.Integer, Text: var text })
            entry.Error($"{what} is not a number");
        else if (text.StartsWith('-'))
            entry.Error($"{what} must be greater than or equal to 0");
        else if (entry.Integer is { } number and <= PipelineLimits.MaxRetries)
            return number;
        else
            entry.Error($"{what} must be less than or equal to {PipelineLimits.MaxRetries}");
        return null;
    }
}

using Berth.Pipelines.Yaml;

namespace Berth.Pipelines.Entries;

/// <summary>What has to be right between jobs: stages, needs, dependencies (GitLab's lib/gitlab/ci/yaml_processor.rb).</summary>
internal sealed class JobChecks
{
    private readonly IReadOnlyList<string> _stages;
    private readonly Dictionary<string, int> _stageIndexes;
    private readonly Dictionary<string, JobDefinition> _jobs;
    private readonly ErrorList _errors;

    private JobChecks(IEnumerable<JobDefinition> jobs, IReadOnlyList<string> stages, ErrorList errors)
    {
        _jobs = jobs.ToDictionary(job => job.Name, StringComparer.Ordinal);
        _stages = stages;
        _stageIndexes = stages.Index().ToDictionary(stage => stage.Item, stage => stage.Index, StringComparer.Ordinal);
        _errors = errors;
    }

    public static void Check(IReadOnlyList<JobEntry> jobs, IReadOnlyList<string> stages, ErrorList errors)
    {
        var checks = new JobChecks(jobs.Select(job => job.Definition), stages, errors);
        foreach (var job in jobs)
        {
            checks.CheckStage(job);
            checks.CheckNeeds(job, job.Definition.Needs ?? [], job.Source.Child("needs")?.At ?? job.Source.At);
            foreach (var needs in (job.Definition.Rules ?? []).Select(rule => rule.Needs).OfType<IReadOnlyList<NeedDefinition>>())
                checks.CheckNeeds(job, needs, job.Source.Child("rules")?.At ?? job.Source.At);
            checks.CheckDependencies(job);
        }
        checks.CheckCycles(jobs);
    }

    private void CheckStage(JobEntry job)
    {
        var at = job.Source.Child("stage")?.At ?? job.Source.At;
        // An empty name is a stage of the wrong type, which has been said.
        if (job.Definition.Stage is { Length: > 0 } stage && !_stageIndexes.ContainsKey(stage))
            _errors.Add(at, $"{job.Definition.Name} job: chosen stage does not exist; available stages are {string.Join(", ", _stages)}");
    }

    /// <summary>Of a stage that does not exist: -1, and that has been said.</summary>
    private int StageIndex(JobDefinition job) => _stageIndexes.GetValueOrDefault(job.Stage, -1);

    private void CheckNeeds(JobEntry entry, IReadOnlyList<NeedDefinition> needs, Position at)
    {
        var job = entry.Definition;
        foreach (var need in needs)
        {
            if (!_jobs.TryGetValue(need.Job, out var needed))
            {
                if (!need.Optional)
                    _errors.Add(at, $"{job.Name} job: undefined need: {need.Job}");
            }
            else if (StageIndex(needed) > StageIndex(job))
            {
                _errors.Add(at, $"{job.Name} job: need {need.Job} is not defined in current or prior stages");
            }
        }
        var twice = needs.GroupBy(need => need.Job).Where(group => group.Count() > 1).Select(group => group.Key).ToList();
        if (twice.Count > 0)
            _errors.Add(at, $"{job.Name} has the following needs duplicated: {string.Join(", ", twice)}.");
    }

    private void CheckDependencies(JobEntry entry)
    {
        var job = entry.Definition;
        if (job.Dependencies is not { } dependencies)
            return;
        var at = entry.Source.Child("dependencies")!.Value.At;
        foreach (var name in dependencies)
        {
            if (!_jobs.TryGetValue(name, out var dependency))
                _errors.Add(at, $"{job.Name} job: undefined dependency: {name}");
            else if (StageIndex(dependency) > StageIndex(job) || job.Needs is null && StageIndex(dependency) == StageIndex(job))
                _errors.Add(at, $"{job.Name} job: dependency {name} is not defined in current or prior stages");
        }
        var apart = job.Needs is { Count: > 0 } needs ? dependencies.Except(needs.Select(need => need.Job)).ToList() : [];
        if (apart.Count > 0)
            _errors.Add(at, $"jobs:{job.Name} dependencies the {string.Join(", ", apart)} should be part of needs");
    }

    /// <summary>Takes away jobs whose needs are all gone; what is left over waits for itself.</summary>
    private void CheckCycles(IReadOnlyList<JobEntry> jobs)
    {
        var left = jobs.ToDictionary(
            job => job,
            job => (job.Definition.Needs ?? []).Concat((job.Definition.Rules ?? []).SelectMany(rule => rule.Needs ?? []))
                .Select(need => need.Job).Where(_jobs.ContainsKey).ToHashSet(StringComparer.Ordinal));
        while (left.Where(job => job.Value.Count == 0).Select(job => job.Key).ToList() is { Count: > 0 } free)
        {
            foreach (var job in free)
                left.Remove(job);
            foreach (var needs in left.Values)
                needs.ExceptWith(free.Select(job => job.Definition.Name));
        }
        if (left.Count > 0)
        {
            var first = jobs.First(left.ContainsKey);
            var at = first.Source.Child("needs")?.At ?? first.Source.At;
            _errors.Add(at, $"The pipeline has circular dependencies: {string.Join(", ", jobs.Where(left.ContainsKey).Select(job => job.Definition.Name))}");
        }
    }
}

using Berth.Server.Access;

namespace Berth.Server.Ci;

/// <summary>A pipeline as GitLab's API shows one.</summary>
internal sealed class ApiPipeline(PipelineRow pipeline, string projectUrl)
{
    public long Id => pipeline.Id;
    public long Iid => pipeline.Iid;
    public long ProjectId => pipeline.ProjectId;
    public string Sha => pipeline.Sha;
    public string BeforeSha => pipeline.BeforeSha;
    public string Ref => pipeline.Ref;
    public bool Tag => pipeline.IsTag != 0;
    public string Status => pipeline.Status;
    public string Source => pipeline.Source;
    public string? YamlErrors => pipeline.ConfigError;
    public string CreatedAt => ApiTime.Of(pipeline.CreatedAt);
    public string? StartedAt => ApiTime.Of(pipeline.StartedAt);
    public string? FinishedAt => ApiTime.Of(pipeline.FinishedAt);

    /// <summary>Seconds.</summary>
    public double? Duration => (pipeline.FinishedAt - pipeline.StartedAt) / 1e6;
    public string WebUrl => $"{projectUrl}/-/pipelines/{pipeline.Id}";
}

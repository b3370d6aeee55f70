using Berth.Server.Access.Accounts;
using Berth.Server.Access.Login;
using Berth.Server.Access.Places;

namespace Berth.Server.Ci;

/// <summary>All that the payload of a job is made of, read when a runner takes it.</summary>
/// <param name="Job">The job.</param>
/// <param name="Token">Its token.</param>
/// <param name="Pipeline">Its pipeline, with the facts of the commit.</param>
/// <param name="Project">Its project.</param>
/// <param name="DefaultBranch">The project's; null before the first push of a branch.</param>
/// <param name="User">Who started the job.</param>
/// <param name="Runner">Who runs it.</param>
/// <param name="Variables">The project's variables that this job may see, decrypted.</param>
/// <param name="DeployToken">User name and secret of the project's gitlab-deploy-token; null if there is none.</param>
internal sealed record JobContext(
    JobRow Job, string Token, PipelineRow Pipeline, ProjectRow Project, string? DefaultBranch, UserRow User, RunnerRow Runner,
    IReadOnlyList<JobVariable> Variables, BasicCredentials? DeployToken);

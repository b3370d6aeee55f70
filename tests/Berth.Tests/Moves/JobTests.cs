using System.Net;
using Berth.Tests.Ci;
using Berth.Tests.Groups;
using Berth.Tests.Harness;

namespace Berth.Tests.Moves;

/// <summary>Jobs of a project that is renamed.</summary>
public sealed class JobTests(TestServer server)
{
    [Fact]
    public async Task A_job_gets_the_path_that_its_project_has_when_it_starts_and_one_that_runs_still_reads_by_the_old()
    {
        using var project = await CiProject.Fresh(server);
        await project.Push("first: { script: [a] }\nsecond: { script: [b] }");
        var running = await project.Runner.Take();
        await Api.Put(server, $"/projects/{project.Id}", project.Owner.Token, new { path = "Renamed" });
        var now = $"{project.Owner.Name}/Renamed";
        var next = await project.Runner.Take();
        Assert.Equal(now, next.Variable("CI_PROJECT_PATH"));
        Assert.EndsWith("/" + now.ToLowerInvariant(), next.Variable("CI_REGISTRY_IMAGE"), StringComparison.Ordinal);
        Assert.EndsWith($"/{now}.git", next.Payload.GetProperty("git_info").GetProperty("repo_url").GetString(), StringComparison.Ordinal);
        Assert.Equal(project.Path, running.Variable("CI_PROJECT_PATH"));
        using var fetched = await server.Send(HttpMethod.Get, $"/{project.Path}.git/info/refs?service=git-upload-pack", basic: $"gitlab-ci-token:{running.Token}");
        Assert.Equal(HttpStatusCode.OK, fetched.StatusCode);
        using var pushed = await server.Send(HttpMethod.Post, $"/v2/{project.Path}/blobs/uploads/", basic: $"gitlab-ci-token:{running.Token}");
        Assert.Contains($"moved to '{now.ToLowerInvariant()}'", await RegistryClient.Refusal(pushed, HttpStatusCode.Unauthorized), StringComparison.Ordinal);
        using var begun = await server.Send(HttpMethod.Post, $"/v2/{now.ToLowerInvariant()}/blobs/uploads/", basic: $"gitlab-ci-token:{running.Token}");
        Assert.Equal(HttpStatusCode.Accepted, begun.StatusCode);
    }
}

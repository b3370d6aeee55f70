using Berth.Tests.Access;
using Berth.Tests.Harness;
using Berth.Tests.Images;

namespace Berth.Tests.Ci;

/// <summary>A project's pipelines and a pipeline's jobs by pages, as GitLab's.</summary>
public sealed class PipelineListTests(TestServer server)
{
    [Fact]
    public async Task Pipelines_come_by_pages_newest_first()
    {
        var owner = await server.NewUser();
        var project = (await Tokens.Post(server, "projects", owner.Token, new { path = "app" })).Id();
        for (var i = 0; i < 3; i++)
            await RunningJobs.Start(server, project, owner.Id);
        var ids = await server.Query<long>("select id from pipelines where project_id = @project order by id desc", new { project });
        Assert.Equal(ids, (await ImageApi.All(server, $"/projects/{project}/pipelines?per_page=1", owner.Token)).Select(pipeline => pipeline.Id()));
        Assert.Equal(ids[1..], (await ImageApi.All(server, $"/projects/{project}/pipelines?per_page=1&id_before={ids[0]}", owner.Token)).Select(pipeline => pipeline.Id()));
        using var reply = await server.Send(HttpMethod.Get, $"/api/v4/projects/{project}/pipelines?per_page=2", token: owner.Token);
        Assert.Equal(("3", "2"), (reply.Headers.GetValues("X-Total").Single(), reply.Headers.GetValues("X-Total-Pages").Single()));
    }

    [Fact]
    public async Task Jobs_of_a_pipeline_come_by_pages()
    {
        var owner = await server.NewUser();
        var project = (await Tokens.Post(server, "projects", owner.Token, new { path = "app" })).Id();
        await RunningJobs.Start(server, project, owner.Id);
        var pipeline = Assert.Single(await server.Query<long>("select id from pipelines where project_id = @project", new { project }));
        await server.Database.Write(transaction => transaction.Execute("""
            insert into jobs (pipeline_id, project_id, name, stage, stage_index, status, definition, tags, allow_failure, retried, user_id, timeout_seconds, created_at)
            select pipeline_id, project_id, 'another', stage, stage_index, status, definition, tags, allow_failure, retried, user_id, timeout_seconds, created_at from jobs where pipeline_id = @pipeline
            """, new { pipeline }));
        var (page, next) = await ImageApi.Page(server, $"/projects/{project}/pipelines/{pipeline}/jobs?per_page=1", owner.Token);
        Assert.Equal(1, page.GetArrayLength());
        Assert.NotNull(next);
        Assert.Equal(2, (await ImageApi.All(server, $"/projects/{project}/pipelines/{pipeline}/jobs?per_page=1", owner.Token)).Count);
    }
}

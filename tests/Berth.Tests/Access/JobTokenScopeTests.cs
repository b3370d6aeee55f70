using System.Net;
using Berth.Tests.Ci;
using Berth.Tests.Harness;

namespace Berth.Tests.Access;

/// <summary>What a job's token may in other projects than its own: what they let it, and what its user may, and no more than read.</summary>
public sealed class JobTokenScopeTests(TestServer server)
{
    [Fact]
    public async Task Job_reads_another_project_only_while_that_lists_its_own()
    {
        using var project = await CiProject.Fresh(server);
        var owner = project.Owner with { Token = (await server.NewToken(project.Owner.Id, "api")).Secret() };
        await (await RegistryClient.For(server, owner, $"{owner.Name}/base")).PushImage("latest");
        var other = (await Projects.Get(server, owner, "base")).Id();
        await project.Push("build: {script: [x]}");
        var basic = $"gitlab-ci-token:{(await project.Runner.Take()).Token}";
        var image = $"{owner.Name}/base";
        Assert.Equal("", await Tokens.Granted(server, basic, image));
        using (var refused = await server.Send(HttpMethod.Get, $"/v2/{image}/manifests/latest", basic: basic))
            Assert.Contains("is not of the project that this job token is for, nor of one that lets its jobs in", await RegistryClient.Refusal(refused, HttpStatusCode.Unauthorized), StringComparison.Ordinal);
        var path = $"projects/{other}/job_token_scope";
        Assert.True((await Tokens.Get(server, path, owner.Token)).GetProperty("inbound_enabled").GetBoolean());
        var added = await Tokens.Post(server, path + "/allowlist", owner.Token, new { target_project_id = project.Id });
        Assert.Equal((other, project.Id), (added.GetProperty("source_project_id").GetInt64(), added.GetProperty("target_project_id").GetInt64()));
        Assert.Equal([project.Path], (await Tokens.Get(server, path + "/allowlist", owner.Token)).EnumerateArray().Select(row => row.GetProperty("path_with_namespace").GetString()));
        Assert.Equal("pull", await Tokens.Granted(server, basic, image));
        using (var push = await server.Send(HttpMethod.Post, $"/v2/{image}/blobs/uploads/", basic: basic))
            Assert.Contains("the token of another project's job only pulls", await RegistryClient.Refusal(push, HttpStatusCode.Unauthorized), StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Forbidden), await Tokens.Git(server, basic, image));
        Assert.Equal("pull,push,delete", await Tokens.Granted(server, basic, project.Path));
        await Tokens.Delete(server, $"{path}/allowlist/{project.Id}", owner.Token);
        await Tokens.Delete(server, $"{path}/allowlist/{project.Id}", owner.Token, HttpStatusCode.NotFound);
        Assert.Equal("", await Tokens.Granted(server, basic, image));
        await Tokens.Call(server, HttpMethod.Patch, path, owner.Token, HttpStatusCode.NoContent, new { enabled = false });
        Assert.Equal("pull", await Tokens.Granted(server, basic, image));
    }

    [Fact]
    public async Task Being_listed_gives_a_job_nothing_that_its_user_may_not()
    {
        using var project = await CiProject.Fresh(server);
        var (stranger, image, id) = await Tokens.Project(server);
        await Tokens.Call(server, HttpMethod.Patch, $"projects/{id}/job_token_scope", stranger.Token, HttpStatusCode.NoContent, new { enabled = false });
        await project.Push("build: {script: [x]}");
        var basic = $"gitlab-ci-token:{(await project.Runner.Take()).Token}";
        Assert.Equal("", await Tokens.Granted(server, basic, image));
        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), await Tokens.Git(server, basic, image));
    }

    /// <summary>The job's token has no role there, and that was once remembered as its user's.</summary>
    [Fact]
    public async Task A_job_that_is_not_let_in_takes_no_role_from_its_user()
    {
        await using var own = await TestServer.StartOwn();
        var (owner, image, id) = await Tokens.Project(own);
        var (_, _, elsewhere) = await Tokens.Project(own);
        await Projects.Change(own, owner, "app", new { visibility = "internal", container_registry_access_level = "private" });
        var member = await own.NewUser();
        await Tokens.Post(own, $"projects/{id}/members", owner.Token, new { user_id = member.Id, access_level = 30 });
        Assert.Equal("", await Tokens.Granted(own, await RunningJobs.Start(own, elsewhere, member.Id), image));
        Assert.Equal("pull,push", await Tokens.Granted(own, member.Basic, image));
    }

    [Fact]
    public async Task List_is_changed_by_maintainers_and_takes_only_what_they_may_see()
    {
        var (owner, _, id) = await Tokens.Project(server);
        var (stranger, _, foreign) = await Tokens.Project(server);
        var path = $"projects/{id}/job_token_scope";
        await Tokens.Get(server, path, stranger.Token, HttpStatusCode.NotFound);
        await Tokens.Post(server, path + "/allowlist", owner.Token, new { }, HttpStatusCode.BadRequest);
        await Tokens.Call(server, HttpMethod.Patch, path, owner.Token, HttpStatusCode.BadRequest, new { });
        foreach (var target in new[] { foreign, 999_999 })
            await Tokens.Post(server, path + "/allowlist", owner.Token, new { target_project_id = target }, HttpStatusCode.NotFound);
    }
}

using Berth.Server.Ci;
using Berth.Tests.Harness;
using Berth.Tests.Web;
using Microsoft.Extensions.DependencyInjection;

namespace Berth.Tests.Ci;

/// <summary>On a server of their own, for they put its clock forward.</summary>
public sealed class StuckJobTests : IAsyncLifetime
{
    private readonly TestServer _server = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _server.InitializeAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_job_whose_runner_is_not_heard_of_for_ten_minutes_fails_as_lost()
    {
        using var project = await CiProject.Fresh(_server);
        var pipeline = await project.Push("build: {script: [make]}");
        var job = await project.Runner.Take();
        await Pass(TimeSpan.FromMinutes(9));
        await job.End("running");
        await Pass(TimeSpan.FromMinutes(9));
        Assert.Equal("running", (await project.Jobs(pipeline))["build"]);
        await Pass(TimeSpan.FromMinutes(2));
        Assert.Equal("failed", (await project.Jobs(pipeline))["build"]);
        Assert.Equal("stuck_or_timeout_failure", (await project.Get($"jobs/{job.Id}")).GetProperty("failure_reason").GetString());
        using var browser = await Browser.SignedIn(_server, project.Owner);
        Assert.Contains("its runner was not heard of any more", await browser.Page($"/{project.Path}/-/jobs/{job.Id}"), StringComparison.Ordinal);
        using var late = await job.Put("success");
        Assert.Equal("failed", late.Headers.GetValues("Job-Status").Single());
    }

    [Fact]
    public async Task A_job_that_outlives_its_timeout_is_ended_by_the_server()
    {
        using var project = await CiProject.Fresh(_server);
        var pipeline = await project.Push("build: {script: [make], timeout: 10 minutes}");
        var job = await project.Runner.Take();
        Assert.Equal(600, job.Payload.GetProperty("runner_info").GetProperty("timeout").GetInt32());
        for (var passed = 0; passed < 16; passed += 8)
        {
            await Pass(TimeSpan.FromMinutes(8));
            using var alive = await job.Put("running");
        }
        Assert.Equal("failed", (await project.Jobs(pipeline))["build"]);
        Assert.Equal("job_execution_timeout", (await project.Get($"jobs/{job.Id}")).GetProperty("failure_reason").GetString());
    }

    [Fact]
    public async Task A_job_that_no_runner_takes_for_a_day_fails()
    {
        using var project = await CiProject.Fresh(_server);
        var pipeline = await project.Push("build: {script: [make], tags: [nobody]}");
        await Pass(TimeSpan.FromHours(23));
        Assert.Equal("pending", (await project.Jobs(pipeline))["build"]);
        await Pass(TimeSpan.FromHours(2));
        Assert.Equal("failed", (await project.Jobs(pipeline))["build"]);
    }

    private async Task Pass(TimeSpan time)
    {
        _server.Clock.Advance(time);
        await _server.Services.GetRequiredService<StuckJobs>().Sweep(Cancel);
    }
}

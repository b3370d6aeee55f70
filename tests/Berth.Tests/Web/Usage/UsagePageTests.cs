using System.Net;
using Berth.Server.Web.Usage;
using Berth.Tests.Groups;
using Berth.Tests.Harness;
using Berth.Tests.Images;

namespace Berth.Tests.Web.Usage;

/// <summary>What images hold, on the pages of a project and a group.</summary>
public sealed class UsagePageTests(TestServer server)
{
    [Fact]
    public async Task The_pages_show_what_the_images_hold_by_repository_by_project_and_over_time()
    {
        var project = await ImageApi.NewProject(server);
        await (await project.Image("web")).PushImage("v1");
        var usage = await Api.Get(server, $"/projects/{project.Id}/registry/usage", project.Owner.Token);
        var size = Berth.Server.Web.BinarySize.Of(usage.GetProperty("size").GetInt64());
        using var browser = await Browser.SignedIn(server, project.Owner);
        foreach (var (page, bar) in new[] { ($"/{project.Path}/-/usage_quotas", $"<bdi>{project.Path}/web</bdi>"), ($"/groups/{project.Path.Split('/')[0]}/-/usage_quotas", $"<bdi>{project.Path}</bdi>") })
        {
            var html = await browser.Page(page);
            Assert.Contains($"<dd>{size}</dd>", html, StringComparison.Ordinal);
            Assert.Contains(bar, html, StringComparison.Ordinal);
            Assert.Contains("1000,", html[html.IndexOf("<polyline", StringComparison.Ordinal)..], StringComparison.Ordinal);
            Assert.Contains($"data-label=\"Change\">&#x2B;{size}", html, StringComparison.Ordinal);
            Assert.Contains("?days=30\" aria-current=\"page\"", html, StringComparison.Ordinal);
            Assert.Contains("?days=365\" aria-current=\"page\"", await browser.Page(page + "?days=365"), StringComparison.Ordinal);
            Assert.Contains("?days=30\" aria-current=\"page\"", await browser.Page(page + "?days=4000000000000"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_project_without_images_says_what_to_do()
    {
        var project = await ImageApi.NewProject(server);
        using var browser = await Browser.SignedIn(server, project.Owner);
        Assert.Contains("No images yet", await browser.Page($"/{project.Path}/-/usage_quotas"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_pages_are_for_Reporters_as_the_API_is()
    {
        var project = await ImageApi.NewProject(server, "public");
        using var stranger = await Browser.SignedIn(server, await server.NewUser());
        await stranger.Page($"/{project.Path}/-/usage_quotas", HttpStatusCode.Forbidden);
        await stranger.Page($"/groups/{project.Path.Split('/')[0]}/-/usage_quotas", HttpStatusCode.Forbidden);
        Assert.DoesNotContain("usage_quotas", await stranger.Page($"/{project.Path}"), StringComparison.Ordinal);
        using var owner = await Browser.SignedIn(server, project.Owner);
        Assert.Contains($"href=\"/{project.Path}/-/usage_quotas\"", await owner.Page($"/{project.Path}"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_chart_reaches_from_edge_to_edge_and_its_top_is_a_round_size()
    {
        var day = new DateOnly(2030, 1, 1);
        var chart = new UsageChart([new(day, 0, 0), new(day.AddDays(1), 300 * 1024, 300 * 1024), new(day.AddDays(2), 150 * 1024, -150 * 1024)]);
        Assert.Equal(500 * 1024, chart.Top);
        Assert.Equal("0,240 500,96 1000,168", chart.Line);
        Assert.Equal(3, chart.Told.Count());
        Assert.Equal("0,240 1000,240", new UsageChart([new(day, 0, 0)]).Line);
        Assert.True(new UsageChart([new(day, long.MaxValue, 0)]).Top > 0);
    }
}

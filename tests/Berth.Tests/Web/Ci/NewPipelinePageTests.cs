using System.Net;
using Berth.Tests.Ci;
using Berth.Tests.Groups;
using Berth.Tests.Harness;

namespace Berth.Tests.Web.Ci;

/// <summary>A pipeline by hand, from its page.</summary>
public sealed class NewPipelinePageTests(TestServer server)
{
    private const string Yaml = "build:\n  script: [make]\n  rules:\n    - if: $CI_PIPELINE_SOURCE == \"web\" && $COLOUR == \"blue = green\"\n";

    [Fact]
    public async Task A_pipeline_runs_on_a_branch_or_tag_with_the_variables_of_the_form()
    {
        using var project = await CiProject.Fresh(server);
        await project.Git.Commit(".gitlab-ci.yml", Yaml, "Change");
        await project.Git.Ok("tag", "v<1>");
        await project.Git.Ok("push", "--quiet", "origin", "HEAD", "v<1>");
        using var browser = await Browser.SignedIn(server, project.Owner);
        var (form, list) = ($"/{project.Path}/-/pipelines/new", $"/{project.Path}/-/pipelines");
        var html = await browser.Page(form);
        Assert.Contains("value=\"main\"", html, StringComparison.Ordinal);
        Assert.Contains("<option value=\"v&lt;1&gt;\">", html, StringComparison.Ordinal);
        await browser.Refused(form, list, "ref", "no branch and no tag", ("ref", "other"), ("variables", ""));
        await browser.Refused(form, list, "ref", "[a-z]", ("ref", "main"), ("variables", ""));
        await browser.Refused(form, list, "variables", "can contain only", ("ref", "main"), ("variables", "a b=c"));
        await browser.Refused(form, list, "variables", "have the name A twice", ("ref", "main"), ("variables", "A=1\nA=2"));
        foreach (var name in new[] { "main", "v<1>" })
        {
            using var made = await browser.Fill(form, list, ("ref", name), ("variables", "COLOUR=blue = green\r\n\r\nEMPTY"));
            Assert.Equal(HttpStatusCode.SeeOther, made.StatusCode);
            var page = await browser.Page(made.Headers.Location!.OriginalString);
            Assert.Contains(", by hand", page, StringComparison.Ordinal);
            Assert.Contains($"<bdi>{WebUtility.HtmlEncode(name)}</bdi>", page, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_name_that_is_given_twice_is_refused_by_the_API_too()
    {
        using var project = await CiProject.Fresh(server);
        await project.Push("build:\n  script: [make]\n");
        var twice = new { @ref = "main", variables = new[] { new { key = "A", value = "1" }, new { key = "A", value = "2" } } };
        await Api.Post(server, $"/projects/{project.Id}/pipeline", project.Owner.Token, twice, HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task It_is_for_Developers_and_a_forged_form_runs_nothing()
    {
        using var project = await CiProject.Fresh(server);
        await project.Push("build:\n  script: [make]\n");
        var reporter = await server.NewUser();
        await Api.AddMember(server, project.Owner, $"projects/{project.Id}", reporter, 20);
        using var low = await Browser.SignedIn(server, reporter);
        await low.Page($"/{project.Path}/-/pipelines/new", HttpStatusCode.Forbidden);
        Assert.DoesNotContain("pipelines/new", await low.Page($"/{project.Path}/-/pipelines"), StringComparison.Ordinal);
        using var browser = await Browser.SignedIn(server, project.Owner);
        using var forged = await browser.Post($"/{project.Path}/-/pipelines", [("ref", "main")]);
        Assert.Equal(HttpStatusCode.Forbidden, forged.StatusCode);
        Assert.Single(await project.Pipelines());
    }
}

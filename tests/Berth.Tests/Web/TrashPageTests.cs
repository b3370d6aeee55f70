using System.Net;
using System.Text.RegularExpressions;
using Berth.Tests.Groups;
using Berth.Tests.Harness;
using TestImage = Berth.Tests.Lifecycle.TestImage;

namespace Berth.Tests.Web;

/// <summary>Deleting on pages: what is lost is named, its name is typed, and it can be undone.</summary>
public sealed class TrashPageTests(TestServer server)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Chosen_tags_are_deleted_once_the_image_was_named_and_undone_from_the_note()
    {
        var image = await TestImage.Push(server);
        await image.Tag("v1", "v2", "v3");
        using var browser = await Browser.SignedIn(server, image.Owner);
        var page = Page(image);
        var list = await browser.Page(page);
        Assert.Contains("name=\"tag\" value=\"v2\"", list, StringComparison.Ordinal);
        var asked = $"{page}/delete_tags?tag=v1&tag=v3";
        Assert.Contains($"<bdi class=\"typed\">{image.Client.Name}</bdi>", await browser.Page(asked), StringComparison.Ordinal);

        using (var wrong = await browser.Press(asked, page + "/delete_tags", ("confirm", "v1")))
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.StatusCode);
            Assert.Contains("aria-describedby=\"confirm-error\"", await wrong.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        }
        Assert.Equal(["latest", "v1", "v2", "v3"], await image.Tags());

        using var deleted = await browser.Press(asked, page + "/delete_tags", ("confirm", image.Client.Name));
        var after = Next(deleted);
        Assert.Equal(["latest", "v2"], await image.Tags());
        Assert.Contains("were deleted", await browser.Page(after), StringComparison.Ordinal);
        using var undone = await browser.Press(after, page + "/restore_tags");
        Assert.Contains("2 tags are back", await browser.Page(Next(undone)), StringComparison.Ordinal);
        Assert.Equal(["latest", "v1", "v2", "v3"], await image.Tags());
        // Nothing is to be undone any more.
        Assert.DoesNotContain("Undo", await browser.Page(after), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_tag_asks_for_its_own_name_and_says_what_else_leads_to_its_manifest()
    {
        var image = await TestImage.Push(server);
        await image.Tag("other");
        var (alone, _) = await image.Client.PushImage("alone");
        using (var index = await image.Client.PutManifest("multi", RegistryClient.Index((image.Digest, image.Json.Length)), RegistryClient.OciIndex))
            Assert.Equal(HttpStatusCode.Created, index.StatusCode);
        using var browser = await Browser.SignedIn(server, image.Owner);
        var page = Page(image);
        var html = await browser.Page($"{page}/delete_tags?tag=latest");
        Assert.Contains("<bdi class=\"typed\">latest</bdi>", html, StringComparison.Ordinal);
        Assert.Contains($"{page}/tags/other\"><bdi>other</bdi></a>: pulls by it go on", html, StringComparison.Ordinal);
        Assert.Contains("pulls through it go on", html, StringComparison.Ordinal);
        Assert.Contains("Nothing: no other tag, no index.", await browser.Page($"{page}/delete_tags?tag=alone"), StringComparison.Ordinal);
        Assert.Contains($"{page}/delete_tags?tag=alone", await browser.Page($"{page}/tags/alone"), StringComparison.Ordinal);
        using var deleted = await browser.Press($"{page}/delete_tags?tag=alone", page + "/delete_tags", ("confirm", "alone"));
        Assert.Null(await image.Resolve("alone"));
        Assert.Equal(alone, await image.Resolve(alone));
        using var undone = await browser.Press(Next(deleted), page + "/restore_tags");
        Assert.Equal(alone, await image.Resolve("alone"));
    }

    [Fact]
    public async Task Nothing_chosen_or_nothing_there_says_where_to_choose()
    {
        var image = await TestImage.Push(server);
        using var browser = await Browser.SignedIn(server, image.Owner);
        foreach (var query in (string[])["", "?tag=none", "?tag=%3Cscript%3E", "?tag=" + new string('a', 300)])
        {
            var html = await browser.Page($"{Page(image)}/delete_tags{query}");
            Assert.Contains("None of the tags that were chosen is there", html, StringComparison.Ordinal);
            Assert.DoesNotContain("<script>", html, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_image_is_deleted_by_its_name_and_undone_from_the_note()
    {
        var image = await TestImage.Push(server, "web");
        using var browser = await Browser.SignedIn(server, image.Owner);
        var page = Page(image);
        using (var wrong = await browser.Press(page + "/delete", page + "/delete", ("confirm", "web")))
            Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.StatusCode);
        Assert.Equal(["latest"], await image.Tags());
        using var deleted = await browser.Press(page + "/delete", page + "/delete", ("confirm", image.Client.Name));
        Assert.Null(await image.Resolve("latest"));
        await browser.Page(page, HttpStatusCode.NotFound);
        using var undone = await browser.Press(Next(deleted), page + "/restore");
        Assert.Contains(image.Client.Name, await browser.Page(Next(undone)), StringComparison.Ordinal);
        Assert.Equal(["latest"], await image.Tags());
    }

    [Fact]
    public async Task A_tag_is_put_back_from_its_history_to_what_it_stood_for_also_where_a_page_of_it_begins()
    {
        var image = await TestImage.Push(server);
        var (other, otherJson) = await image.Client.PushImage("other");
        // 22 events: a page of 20, then two more.
        foreach (var step in Enumerable.Range(0, 20))
            await Move(image, step % 2 == 0 ? otherJson : image.Json);
        var (last, _) = await image.Client.PushImage("latest");
        using var browser = await Browser.SignedIn(server, image.Owner);
        var (tag, form) = ($"{Page(image)}/tags/latest", $"{Page(image)}/restore_tag");
        var history = await browser.Page(tag);
        // All but what it stands for now.
        Assert.Equal(19, history.Split($"action=\"{form}\"").Length - 1);
        Assert.Contains($"name=\"instead\" value=\"{last}\"", history, StringComparison.Ordinal);
        var rest = await browser.Page(WebUtility.HtmlDecode(Regex.Match(history, "href=\"([^\"]*part=history[^\"]*)\"").Groups[1].Value));
        Assert.Equal(2, rest.Split($"action=\"{form}\"").Length - 1);
        using var put = await browser.PressOn(rest[..rest.LastIndexOf($"action=\"{form}\"", StringComparison.Ordinal)], form);
        Assert.Equal(tag, Next(put));
        Assert.Equal(other, await image.Resolve("latest"));
        Assert.Contains("The tag stands for this digest again.", await browser.Page(tag), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tag_that_was_pushed_since_its_history_was_read_is_put_back_only_once_that_is_known()
    {
        var image = await TestImage.Push(server);
        await image.Client.PushImage("latest");
        using var browser = await Browser.SignedIn(server, image.Owner);
        var (tag, form) = ($"{Page(image)}/tags/latest", $"{Page(image)}/restore_tag");
        var history = await browser.Page(tag);
        var (third, _) = await image.Client.PushImage("latest");
        using var refused = await browser.PressOn(history, form);
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        var problem = await refused.Content.ReadAsStringAsync(Cancel);
        Assert.Contains($"is {third} now", problem, StringComparison.Ordinal);
        Assert.Equal(third, await image.Resolve("latest"));
        using var forced = await browser.PressOn(problem, form);
        Assert.Equal(tag, Next(forced));
        Assert.Equal(image.Digest, await image.Resolve("latest"));
    }

    [Fact]
    public async Task A_rule_deletes_in_the_background_and_its_page_says_how_far_it_is_and_restores_it()
    {
        var image = await TestImage.Push(server);
        await image.Tag("v1", "v2", "keep");
        using var browser = await Browser.SignedIn(server, image.Owner);
        var page = Page(image) + "/delete_by_rule";
        (string, string) named = ("confirm", image.Client.Name);
        foreach (var (field, value, error) in new[]
        {
            ("name_regex_delete", "<script>(", "no regular expression"), ("name_regex_delete", "", "Say which tags"), ("name_regex_keep", "(", "no regular expression"), ("keep_n", "x", "whole number"),
            ("older_than", "soon", "no age"), ("confirm", "another", "another name"),
        })
        {
            var fields = new Dictionary<string, string> { ["name_regex_delete"] = "v.*", [named.Item1] = named.Item2, [field] = value };
            using var wrong = await browser.Press(page, page, [.. fields.Select(one => (one.Key, one.Value))]);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.StatusCode);
            var html = await wrong.Content.ReadAsStringAsync(Cancel);
            Assert.Contains(error, html, StringComparison.Ordinal);
            Assert.DoesNotContain("<script>", html, StringComparison.Ordinal);
        }
        using var begun = await browser.Press(page, page, ("name_regex_delete", "v.*"), named);
        Assert.Equal(HttpStatusCode.SeeOther, begun.StatusCode);
        await image.DeletionEnds();
        Assert.Equal(["keep", "latest"], await image.Tags());
        Assert.Contains("2 of 4 tags", await browser.Page(page), StringComparison.Ordinal);
        using var soon = await browser.Press(page, page, ("name_regex_delete", "v.*"), named);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, soon.StatusCode);
        using var restored = await browser.Press(page, Page(image) + "/restore_tags");
        Assert.Equal(HttpStatusCode.SeeOther, restored.StatusCode);
        Assert.Equal(["keep", "latest", "v1", "v2"], await image.Tags());
    }

    [Theory]
    [InlineData("delete_tags")]
    [InlineData("delete")]
    [InlineData("delete_by_rule")]
    [InlineData("restore_tag")]
    [InlineData("restore_tags")]
    [InlineData("restore")]
    public async Task Forms_without_the_sessions_token_change_nothing(string form)
    {
        var image = await TestImage.Push(server);
        await image.Tag("v1");
        await image.Delete("v1");
        using var browser = await Browser.SignedIn(server, image.Owner);
        using var reply = await browser.Post($"{Page(image)}/{form}", [("tags", "latest"), ("tag", "v1"), ("confirm", image.Client.Name), ("name_regex_delete", ".*")]);
        Assert.Equal(HttpStatusCode.Forbidden, reply.StatusCode);
        Assert.Equal(["latest"], await image.Tags());
    }

    [Fact]
    public async Task Reporters_choose_nothing_and_Developers_delete_tags_but_no_image()
    {
        var image = await TestImage.Push(server);
        foreach (var (level, tags, whole) in new[] { (20, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden), (30, HttpStatusCode.OK, HttpStatusCode.Forbidden), (40, HttpStatusCode.OK, HttpStatusCode.OK) })
        {
            var member = await server.NewUser();
            await Api.AddMember(server, image.Owner, $"projects/{image.Project}", member, level);
            using var browser = await Browser.SignedIn(server, member);
            var list = await browser.Page(Page(image));
            Assert.Equal(tags == HttpStatusCode.OK, list.Contains("type=\"checkbox\"", StringComparison.Ordinal));
            Assert.Equal(whole == HttpStatusCode.OK, list.Contains(Page(image) + "/delete\"", StringComparison.Ordinal));
            Assert.Equal(tags == HttpStatusCode.OK, (await browser.Page(Page(image) + "/tags/latest")).Contains("Put back", StringComparison.Ordinal));
            await browser.Page(Page(image) + "/delete_tags?tag=latest", tags);
            await browser.Page(Page(image)[..Page(image).LastIndexOf('/')] + "/deleted", tags);
            await browser.Page(Page(image) + "/delete", whole);
            await browser.Page(Page(image) + "/delete_by_rule", whole);
        }
    }

    private static async Task Move(TestImage image, string manifest)
    {
        using var put = await image.Client.PutManifest("latest", manifest);
        Assert.Equal(HttpStatusCode.Created, put.StatusCode);
    }

    internal static string Page(TestImage image) => $"/{image.Owner.Name}/app/-/container_registry/{image.Repository}";

    internal static string Next(HttpResponseMessage reply)
    {
        Assert.Equal(HttpStatusCode.SeeOther, reply.StatusCode);
        return reply.Headers.Location!.OriginalString;
    }
}

using System.Net;
using System.Text.RegularExpressions;
using Berth.Tests.Groups;
using Berth.Tests.Harness;
using TestImage = Berth.Tests.Lifecycle.TestImage;

namespace Berth.Tests.Web;

/// <summary>The pages of what was deleted: all of it is listed, comes back, and where something is in the way they say how to go on.</summary>
public sealed partial class DeletedPageTests(TestServer server)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_deleted_tag_stands_there_once_over_all_pages_and_one_deletion_is_restored_at_once()
    {
        var image = await TestImage.Push(server);
        await image.TagOld([.. Enumerable.Range(0, 120).Select(number => ($"t{number:000}", 1))]);
        using var browser = await Browser.SignedIn(server, image.Owner);
        var empty = await browser.Page(Deleted(image));
        Assert.Contains("Nothing to restore", empty, StringComparison.Ordinal);
        await image.DeleteByRule("name_regex_delete=t.*");
        await image.Delete("latest");
        var seen = new List<string>();
        for (var next = Deleted(image); next is not null;)
        {
            var html = await browser.Page(next);
            seen.AddRange(TagField().Matches(html).Select(match => match.Groups[1].Value));
            next = Browser.Next(html);
        }
        Assert.Equal(121, seen.Count);
        Assert.Equal(121, seen.Distinct().Count());
        using var restored = await browser.Press(Deleted(image) + $"?image={image.Repository}", TrashPageTests.Page(image) + "/restore_tags");
        Assert.Contains("120 tags are back", await browser.Page(TrashPageTests.Next(restored)), StringComparison.Ordinal);
        using var one = await browser.Press(Deleted(image), TrashPageTests.Page(image) + "/restore_tag");
        Assert.Contains("One tag is back", await browser.Page(TrashPageTests.Next(one)), StringComparison.Ordinal);
        Assert.Equal(121, (await image.Tags()).Count);
    }

    [Fact]
    public async Task A_tag_that_was_pushed_anew_is_put_back_only_when_that_is_said_once_more()
    {
        var image = await TestImage.Push(server);
        using var browser = await Browser.SignedIn(server, image.Owner);
        await image.Delete("latest");
        var before = await browser.Page(Deleted(image));
        var (now, _) = await image.Client.PushImage("latest");
        var action = TrashPageTests.Page(image) + "/restore_tag";
        using var refused = await browser.PressOn(before, action);
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Equal(now, await image.Resolve("latest"));
        var page = await refused.Content.ReadAsStringAsync(Cancel);
        Assert.Contains(now, page, StringComparison.Ordinal);
        using var forced = await browser.PressOn(page, action);
        Assert.Equal(HttpStatusCode.SeeOther, forced.StatusCode);
        Assert.Equal(image.Digest, await image.Resolve("latest"));
    }

    [Fact]
    public async Task Of_one_deletion_what_is_free_comes_back_and_the_rest_is_named_with_why()
    {
        var image = await TestImage.Push(server);
        await image.Tag("a", "b");
        using var browser = await Browser.SignedIn(server, image.Owner);
        var page = TrashPageTests.Page(image);
        using var deleted = await browser.Press($"{page}/delete_tags?tag=a&tag=b", page + "/delete_tags", ("confirm", image.Client.Name));
        var note = await browser.Page(TrashPageTests.Next(deleted));
        var (now, _) = await image.Client.PushImage("b");
        using var partly = await browser.PressOn(note, page + "/restore_tags");
        Assert.Equal(HttpStatusCode.Conflict, partly.StatusCode);
        var html = await partly.Content.ReadAsStringAsync(Cancel);
        Assert.Contains("1 of 2 tags are restored", html, StringComparison.Ordinal);
        Assert.Equal((image.Digest, now), (await image.Resolve("a"), await image.Resolve("b")));
        using var forced = await browser.PressOn(html, page + "/restore_tags");
        Assert.Equal(HttpStatusCode.SeeOther, forced.StatusCode);
        Assert.Equal(image.Digest, await image.Resolve("b"));
    }

    [Fact]
    public async Task An_image_whose_name_was_pushed_anew_is_restored_under_another()
    {
        var image = await TestImage.Push(server, "web");
        using var browser = await Browser.SignedIn(server, image.Owner);
        await image.Call(HttpMethod.Delete, "", HttpStatusCode.Accepted);
        await image.Client.PushImage("latest");
        var action = TrashPageTests.Page(image) + "/restore";
        using var taken = await browser.Press(Deleted(image), action);
        Assert.Equal(HttpStatusCode.Conflict, taken.StatusCode);
        var html = await taken.Content.ReadAsStringAsync(Cancel);
        Assert.Contains("was pushed anew since", html, StringComparison.Ordinal);
        using (var bad = await browser.PressOn(html, action, ("name", "<script>alert(1)</script>")))
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, bad.StatusCode);
            var again = await bad.Content.ReadAsStringAsync(Cancel);
            Assert.Contains("id=\"name-error\"", again, StringComparison.Ordinal);
            Assert.DoesNotContain("<script>alert", again, StringComparison.Ordinal);
        }
        using var restored = await browser.PressOn(html, action, ("name", "before"));
        await browser.Page(TrashPageTests.Next(restored));
        var before = await RegistryClient.For(server, image.Owner, $"{image.Owner.Name}/app/before");
        using var old = await before.Head("manifests/latest");
        Assert.Equal(HttpStatusCode.OK, old.StatusCode);
        using var twice = await browser.PressOn(html, action, ("name", "other"));
        Assert.Equal(HttpStatusCode.NotFound, twice.StatusCode);
    }

    [Fact]
    public async Task Deleted_projects_are_for_their_Owners_and_come_back_to_their_path_or_another()
    {
        var image = await TestImage.Push(server);
        var maintainer = await server.NewUser();
        await Api.AddMember(server, image.Owner, $"projects/{image.Project}", maintainer, 40);
        using var browser = await Browser.SignedIn(server, image.Owner);
        using var other = await Browser.SignedIn(server, maintainer);
        const string List = "/-/deleted_projects";
        var action = $"{List}/{image.Project}/restore";
        Assert.Contains(List, await browser.Page("/"), StringComparison.Ordinal);
        Assert.Contains("No deleted projects", await browser.Page(List), StringComparison.Ordinal);
        await Api.Delete(server, $"/projects/{image.Project}", image.Owner.Token, HttpStatusCode.Accepted);
        var listed = await browser.Page(List);
        Assert.Contains($"{image.Owner.Name}/app", listed, StringComparison.Ordinal);
        Assert.DoesNotContain(image.Owner.Name, await other.Page(List), StringComparison.Ordinal);
        using (var refused = await other.Post(action, Browser.Hidden(await other.Page(List))))
            Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);
        using (var forged = await browser.Post(action, []))
            Assert.Equal(HttpStatusCode.Forbidden, forged.StatusCode);
        await image.Client.PushImage("latest");
        using var taken = await browser.PressOn(listed, action);
        Assert.Equal(HttpStatusCode.Conflict, taken.StatusCode);
        var html = await taken.Content.ReadAsStringAsync(Cancel);
        using (var bad = await browser.PressOn(html, action, ("path", "no good")))
            Assert.Equal(HttpStatusCode.UnprocessableEntity, bad.StatusCode);
        using var restored = await browser.PressOn(html, action, ("path", "app2"));
        Assert.Equal($"/{image.Owner.Name}/app2", TrashPageTests.Next(restored));
        await browser.Page($"/{image.Owner.Name}/app2");
        Assert.Contains("No deleted projects", await browser.Page(List), StringComparison.Ordinal);
    }

    private static string Deleted(TestImage image) => $"/{image.Owner.Name}/app/-/container_registry/deleted";

    [GeneratedRegex("name=\"tag\" value=\"([^\"]*)\"")]
    private static partial Regex TagField();
}

using System.Net;
using Berth.Tests.Harness;
using Berth.Tests.Images;

namespace Berth.Tests.Web;

/// <summary>A repository's page: filter, order and pages of its tags.</summary>
public sealed class ImagePageTests(TestServer server)
{
    [Theory]
    [InlineData("sort=name&order=asc")]
    [InlineData("sort=name&order=desc")]
    [InlineData("sort=size&order=asc")]
    [InlineData("sort=size&order=desc")]
    [InlineData("sort=published&order=asc")]
    [InlineData("sort=published&order=desc")]
    public async Task Every_order_lists_each_tag_once_over_all_pages(string order)
    {
        var image = await TestImage.Fresh(server);
        for (var size = 0; size < 3; size++)
        {
            var digest = await image.Push($"s{size}-00", TestImage.Config(), new string('x', 100 + size));
            await Tags(image, digest, $"s{size}-", 1, 40);
        }
        using var browser = await Browser.SignedIn(server, image.Owner);
        var seen = await All(browser, $"{await image.Page()}?{order}");
        Assert.Equal(120, seen.Distinct().Count());
        Assert.Equal(120, seen.Count);
        var wanted = order.Split('&')[0] switch
        {
            "sort=name" or "sort=size" => seen.Order(StringComparer.Ordinal).ToList(),
            _ => null,
        };
        if (order.EndsWith("desc", StringComparison.Ordinal))
            wanted?.Reverse();
        if (wanted is not null)
            Assert.Equal(wanted, seen);
    }

    [Theory]
    [InlineData("V1.", 12)]
    [InlineData("^v1.", 11)]
    [InlineData("^V1.", 0)]
    [InlineData("%", 0)]
    [InlineData("_", 1)]
    [InlineData("^", 14)]
    public async Task A_filter_finds_a_part_of_the_name_and_with_a_caret_its_beginning_in_every_order(string filter, int found)
    {
        var image = await TestImage.Fresh(server);
        var digest = await image.Push("v1.0", TestImage.Config(), "layer");
        await Tags(image, digest, "v1.", 10, 10);
        foreach (var tag in (string[])["other", "arm-v1.x", "a_b"])
            await Tags(image, digest, tag);
        using var browser = await Browser.SignedIn(server, image.Owner);
        foreach (var order in (string[])["sort=name", "sort=name&order=desc", "sort=published", "sort=size"])
            Assert.Equal(found, (await All(browser, $"{await image.Page()}?{order}&q={Uri.EscapeDataString(filter)}")).Count);
    }

    [Fact]
    public async Task A_filter_that_looks_at_many_tags_goes_on_where_it_stopped_and_misses_none()
    {
        var image = await TestImage.Fresh(server);
        var digest = await image.Push("zz-wanted", TestImage.Config(), "layer");
        var repository = await image.Id();
        await server.Database.Write(transaction => transaction.Execute("""
            with recursive n (i) as (select 1 union all select i + 1 from n where i < 45000)
            insert into tags (repository_id, name, digest, version, total_size, published_at)
            select @repository, 't' || (100000 + i), @digest, 1, i % 7, i from n
            """, new { repository, digest = Berth.Oci.Digest.Parse(digest).ToBytes() }));
        using var browser = await Browser.SignedIn(server, image.Owner);
        foreach (var order in (string[])["sort=name", "sort=name&order=desc", "sort=published", "sort=published&order=asc", "sort=size", "sort=size&order=asc"])
        {
            Assert.Equal(["zz-wanted"], await All(browser, $"{await image.Page()}?{order}&q=wanted"));
            Assert.Equal(11, (await All(browser, $"{await image.Page()}?{order}&q=10123")).Count);
        }
        Assert.Equal(100, (await All(browser, $"{await image.Page()}?sort=name&q=^t1111")).Count);
    }

    [Fact]
    public async Task Nothing_found_and_nothing_left_say_what_to_do()
    {
        var image = await TestImage.Fresh(server);
        await image.Push("v1", TestImage.Config(), "layer");
        using var browser = await Browser.SignedIn(server, image.Owner);
        Assert.Contains("All tags", await browser.Page($"{await image.Page()}?q=none"), StringComparison.Ordinal);
        Assert.Contains(">v1<", await browser.Page($"{await image.Page()}?sort=odd&order=odd&after=v1&at=x&q=%00"), StringComparison.Ordinal);
        using var gone = await image.Client.Delete("manifests/v1");
        Assert.Equal(HttpStatusCode.Accepted, gone.StatusCode);
        Assert.Contains("No tag is left here", await browser.Page(await image.Page()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_projects_images_are_listed_with_tags_size_and_last_push_in_every_order_over_all_pages()
    {
        var image = await TestImage.Fresh(server);
        await image.Push("v1", TestImage.Config(), "layer");
        for (var number = 0; number < 24; number++)
            await (await RegistryClient.For(server, image.Owner, $"{image.Path}/i{number:00}")).PushImage("v1");
        // The order by size is that of what was added up by then.
        await Eventually.True(async () => (await server.Query<long>(
            "select count(*) from quota_deltas q join routes o on o.project_id = q.project_id where o.path_lower = @Path", new { image.Path }))[0] == 0);
        using var browser = await Browser.SignedIn(server, image.Owner);
        var list = $"/{image.Path}/-/container_registry";
        foreach (var order in (string[])["sort=name&order=asc", "sort=name&order=desc", "sort=size&order=asc", "sort=size&order=desc", "sort=published&order=asc", "sort=published&order=desc"])
        {
            var seen = new List<string>();
            for (var next = $"{list}?{order}"; next is not null;)
            {
                var html = await browser.Page(next);
                Assert.Contains("<td class=\"number\">1<", html, StringComparison.Ordinal);
                seen.AddRange(html.Split("data-copy=\"").Skip(1).Select(part => part.Split('"')[0]));
                next = Browser.Next(html);
            }
            Assert.Equal(25, seen.Count);
            Assert.Equal(25, seen.Distinct().Count());
        }
        Assert.Equal(10, (await browser.Page($"{list}?q=I0&sort=name")).Split("data-copy=\"").Length - 1);
        Assert.Contains("No image fits", await browser.Page($"{list}?q=%25"), StringComparison.Ordinal);
    }

    private static async Task Tags(TestImage image, string digest, string prefix, int from, int count)
    {
        var (_, json) = await Manifest(image, digest);
        for (var number = from; number < from + count - (from == 1 ? 1 : 0); number++)
        {
            using var reply = await image.Client.PutManifest($"{prefix}{number:00}", json);
            Assert.Equal(HttpStatusCode.Created, reply.StatusCode);
        }
    }

    private static async Task Tags(TestImage image, string digest, string tag)
    {
        using var reply = await image.Client.PutManifest(tag, (await Manifest(image, digest)).Json);
        Assert.Equal(HttpStatusCode.Created, reply.StatusCode);
    }

    private static async Task<(string Digest, string Json)> Manifest(TestImage image, string digest)
    {
        using var reply = await image.Client.Get($"manifests/{digest}");
        return (digest, await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private static async Task<List<string>> All(Browser browser, string page)
    {
        var seen = new List<string>();
        for (var next = page; next is not null;)
        {
            var html = await browser.Page(next);
            seen.AddRange(html.Split("<th scope=\"row\">").Skip(1).Select(row => row.Split("<bdi>")[1].Split('<')[0]));
            next = Browser.Next(html);
        }
        return seen;
    }
}

using System.Net;
using Berth.Tests.Access;
using Berth.Tests.Harness;

namespace Berth.Tests.Lifecycle;

/// <summary>GitLab's bulk delete of tags: by name, age and number, over all tags at once.</summary>
public sealed class TagRuleDeletionTests(TestServer server)
{
    [Fact]
    public async Task Rule_keeps_the_newest_the_young_the_kept_and_latest()
    {
        var image = await TestImage.Push(server);
        await image.TagOld(("v1", 50), ("v2", 40), ("v3", 30), ("v4", 20), ("v5", 1), ("release-1", 90), ("other", 90));
        var deletion = await image.DeleteByRule("name_regex_delete=v.*|release-.*&name_regex_keep=release-.*&keep_n=1&older_than=1d");
        Assert.Equal(["latest", "other", "release-1", "v4", "v5"], await image.Tags());
        Assert.Equal(("finished", 8, 3, 5), (deletion.GetProperty("state").GetString(), deletion.GetProperty("examined").GetInt32(), deletion.GetProperty("deleted").GetInt32(), deletion.GetProperty("left").GetInt32()));
        Assert.Equal(["v1", "v2", "v3"], (await image.DeletedTags()).Order());
    }

    [Fact]
    public async Task Keep_n_counts_over_all_tags_and_not_for_each_page()
    {
        await using var own = await TestServer.StartOwn();
        var image = await TestImage.Push(own);
        // Names in no order of age, as digests of commits are.
        await image.TagOld([.. Enumerable.Range(1, 1500).Select(i => ($"{i * 7919 % 1500:D4}-{i}", i))]);
        var deletion = await image.DeleteByRule("name_regex_delete=.*&keep_n=3");
        Assert.Equal(1497, deletion.GetProperty("deleted").GetInt32());
        Assert.Equal(new[] { 1, 2, 3 }.Select(i => $"{i * 7919 % 1500:D4}-{i}").Append("latest").Order(StringComparer.Ordinal), await image.Tags());
        var id = deletion.GetProperty("deletion_id").GetInt64();
        var first = await image.Call(HttpMethod.Post, "/deleted_tags/restore", body: new { deletion_id = id });
        Assert.Equal(1000, first.GetProperty("restored").GetArrayLength());
        var then = await image.Call(HttpMethod.Post, "/deleted_tags/restore", body: new { deletion_id = id, after = first.GetProperty("next_after").GetString() });
        Assert.Equal(497, then.GetProperty("restored").GetArrayLength());
        Assert.Equal(1501, (await image.Tags()).Count);
        // By their old age, not that of the restore.
        own.Clock.Advance(TimeSpan.FromHours(1.1));
        await image.DeleteByRule("name_regex_delete=.*&keep_n=1");
        Assert.Equal([$"{7919 % 1500:D4}-1", "latest"], await image.Tags());
    }

    [Theory]
    [InlineData("", "name_regex_delete is missing, name_regex is missing")]
    [InlineData("name_regex_delete=(", "name_regex_delete is an invalid regexp: ")]
    [InlineData("name_regex=(?=a)", "name_regex is an invalid regexp: ")]
    [InlineData("name_regex_delete=.*&name_regex_keep=*", "name_regex_keep is an invalid regexp: ")]
    [InlineData("name_regex_delete=.*&keep_n=some", "keep_n is invalid")]
    [InlineData("name_regex_delete=.*&keep_n=-1", "keep_n is invalid")]
    [InlineData("name_regex_delete=.*&older_than=soon", "older_than is invalid")]
    public async Task Wrong_parameter_is_refused_and_does_not_count_as_a_request(string parameters, string error)
    {
        var image = await TestImage.Push(server);
        var refused = await image.Call(HttpMethod.Delete, "/tags?" + parameters, HttpStatusCode.BadRequest);
        Assert.StartsWith(error, refused.GetProperty("error").GetString());
        await image.Call(HttpMethod.Get, "/tag_deletion", HttpStatusCode.NotFound);
        await image.Call(HttpMethod.Delete, "/tags?name_regex_delete=none", HttpStatusCode.Accepted);
    }

    [Fact]
    public async Task Parameters_come_as_a_form_and_as_json_too()
    {
        foreach (var body in new HttpContent[]
        {
            new FormUrlEncodedContent([new("name_regex_delete", "v.*"), new("keep_n", "1")]),
            System.Net.Http.Json.JsonContent.Create(new { name_regex_delete = "v.*", keep_n = 1, older_than = (string?)null }),
        })
        {
            var image = await TestImage.Push(server);
            await image.TagOld(("v1", 2), ("v2", 1));
            using var reply = await server.Send(HttpMethod.Delete, "/api/v4" + image.Path + "/tags", body, token: image.Owner.Token);
            Assert.Equal(HttpStatusCode.Accepted, reply.StatusCode);
            await image.DeletionEnds();
            Assert.Equal(["latest", "v2"], await image.Tags());
        }
    }

    [Fact]
    public async Task Second_request_within_an_hour_is_refused_also_of_two_at_once()
    {
        await using var own = await TestServer.StartOwn();
        var image = await TestImage.Push(own);
        await image.TagOld(("v1", 2), ("v2", 1));
        var both = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => own.Send(HttpMethod.Delete, "/api/v4" + image.Path + "/tags?name_regex_delete=v1", token: image.Owner.Token)));
        Assert.Equal([HttpStatusCode.Accepted, HttpStatusCode.BadRequest], both.Select(reply => reply.StatusCode).Order());
        await image.DeletionEnds();
        own.Clock.Advance(TimeSpan.FromMinutes(59));
        var refused = await image.Call(HttpMethod.Delete, "/tags?name_regex_delete=v2", HttpStatusCode.BadRequest);
        Assert.Equal("This request has already been made. You can run this at most once an hour for a given container repository", refused.Message());
        own.Clock.Advance(TimeSpan.FromMinutes(2));
        await image.DeleteByRule("name_regex_delete=v2");
        Assert.Equal(["latest"], await image.Tags());
    }

    [Fact]
    public async Task What_is_pushed_since_the_request_stays()
    {
        await using var own = await TestServer.StartOwn();
        var image = await TestImage.Push(own);
        await image.TagOld(("v1", 2), ("v2", 1));
        // The request's moment, as it would be if the task had waited for its turn until now.
        await Plan(own, image, owner: "another", leaseUntil: long.MaxValue);
        await image.Tag("v1", "v3");
        await own.Database.Write(transaction => transaction.Execute("update tasks set owner = null, lease_until = null"));
        own.Clock.AdvanceWithTimers(TimeSpan.FromSeconds(11));
        Assert.Equal(1, (await image.DeletionEnds()).GetProperty("deleted").GetInt32());
        Assert.Equal(["latest", "v1", "v3"], await image.Tags());
    }

    [Fact]
    public async Task Deletion_of_a_process_that_died_goes_on_where_it_stood_after_a_restart()
    {
        await using var own = await TestServer.StartOwn();
        var image = await TestImage.Push(own);
        await image.TagOld(("v1", 9), ("v2", 8), ("v3", 7), ("v4", 6));
        // It had looked at 'latest' and at v4, which it kept as the one newest, when it died with its lease.
        var now = await Plan(own, image, owner: "dead", leaseUntil: own.Clock.GetUtcNow().AddMinutes(1).ToUnixTimeMilliseconds() * 1000);
        await own.Database.Write(transaction => transaction.Execute("""
            update tag_deletions set keep_n = 1, kept = 1, examined = 2, cursor_tag = 'v4',
                cursor_published = (select published_at from tags where repository_id = @repository and name = 'v4') where repository_id = @repository
            """, new { repository = image.Repository }));
        Assert.True(now > 0);
        await own.Stop();
        await own.Start();
        // On PostgreSQL it may be that another replica has the task: its lease has to end first.
        own.Clock.AdvanceWithTimers(TimeSpan.FromSeconds(61));
        var deletion = await image.DeletionEnds();
        Assert.Equal((5, 3), (deletion.GetProperty("examined").GetInt32(), deletion.GetProperty("deleted").GetInt32()));
        Assert.Equal(["latest", "v4"], await image.Tags());
        await Eventually.True(async () => (await own.Query<long>("select id from tasks where kind = 'delete_tags'")).Count == 0);
    }

    [Fact]
    public async Task Deletion_ends_as_failed_if_the_repository_goes_meanwhile()
    {
        await using var own = await TestServer.StartOwn();
        var image = await TestImage.Push(own);
        await image.TagOld(("v1", 9));
        await Plan(own, image, owner: "another", leaseUntil: long.MaxValue);
        await image.Call(HttpMethod.Delete, "", HttpStatusCode.Accepted);
        await own.Database.Write(transaction => transaction.Execute("update tasks set owner = null, lease_until = null"));
        own.Clock.AdvanceWithTimers(TimeSpan.FromSeconds(11));
        await Eventually.True(async () => (await own.Query<string>("select error from tag_deletions where state = 3")) is ["the repository was deleted"]);
        await image.Call(HttpMethod.Post, "/restore");
        Assert.Equal(["latest", "v1"], await image.Tags());
    }

    [Fact]
    public async Task Two_replicas_do_one_deletion_once()
    {
        Assert.SkipUnless(TestDatabase.IsPostgres, "one program opens a SQLite database");
        await using var first = await TestServer.StartOwn();
        await using var second = await TestServer.StartReplica(first);
        var image = await TestImage.Push(first);
        await image.TagOld([.. Enumerable.Range(1, 1000).Select(i => ($"v{i}", i))]);
        await image.Call(HttpMethod.Delete, "/tags?name_regex_delete=.*&keep_n=10", HttpStatusCode.Accepted);
        first.Clock.AdvanceWithTimers(TimeSpan.FromSeconds(11));
        Assert.Equal(990, (await image.DeletionEnds()).GetProperty("deleted").GetInt32());
        Assert.Equal([990L], await first.Query<long>("select count(*) from tag_events where repository_id = @repository and action = 3", new { repository = image.Repository }));
        Assert.Equal(11, (await image.Tags()).Count);
    }

    /// <summary>A deletion of v.* whose task somebody else has; the time of its request.</summary>
    private static async Task<long> Plan(TestServer server, TestImage image, string owner, long leaseUntil)
    {
        var now = server.Clock.GetUtcNow().ToUnixTimeMilliseconds() * 1000 + 1;
        await server.Database.Write(transaction =>
        {
            transaction.Execute("""
                insert into tag_deletions (repository_id, requested_at, keep_until, user_id, credential, delete_pattern, keep_n, state, cursor_published, cursor_tag, examined, kept, deleted)
                values (@repository, @now, @keep, @user, 'pat:1', 'v.*', 0, 1, @now, '', 0, 0, 0)
                """, new { repository = image.Repository, now, keep = now + 7 * 86_400_000_000L, user = image.Owner.Id });
            transaction.Execute("insert into tasks (kind, payload, run_at, owner, lease_until, attempts, created_at) values ('delete_tags', @payload, @now, @owner, @leaseUntil, 0, @now)",
                new { payload = image.Repository.ToString(System.Globalization.CultureInfo.InvariantCulture), now, owner, leaseUntil });
        });
        return now;
    }
}

using System.Net;
using System.Text.Json;
using Berth.Acceptance.Harness;

namespace Berth.Acceptance.Durability;

/// <summary>The server is killed as by <c>kill -9</c> in the middle of a deletion of many tags: it goes on after the start, and takes each once.</summary>
public sealed class TagDeletionKillTests
{
    private const int Tags = 10_000;

    /// <summary>A deletion may end before it is killed; the next one will not.</summary>
    private const int Tries = 5;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Deletion_of_many_tags_that_was_killed_goes_on_after_the_start()
    {
        await using var berth = await BerthProgram.Start();
        for (var attempt = 1; attempt <= Tries; attempt++)
        {
            using var http = TaggedImage.Client(berth);
            await TaggedImage.Push(http, $"root/kill{attempt}", "latest");
            await TaggedImage.Push(http, $"root/kill{attempt}", [.. Enumerable.Range(0, Tags).Select(number => $"v{number}")]);
            var status = $"projects/{attempt}/registry/repositories/{attempt}/tag_deletion";
            using (var begun = await http.DeleteAsync($"/api/v4/projects/{attempt}/registry/repositories/{attempt}/tags?name_regex_delete=.*&keep_n=7", Cancel))
                Assert.Equal(HttpStatusCode.Accepted, begun.StatusCode);
            while ((await Status(http, status)).GetProperty("examined").GetInt32() == 0)
            {
            }
            await berth.Kill();
            await berth.Restart();
            var first = await Status(http, status);
            var last = first;
            while (last.GetProperty("state").GetString() == "running")
                last = await Status(http, status);
            Assert.Equal(("finished", Tags + 1, Tags - 7), (last.GetProperty("state").GetString(), last.GetProperty("examined").GetInt32(), last.GetProperty("deleted").GetInt32()));
            using var list = JsonDocument.Parse(await http.GetStringAsync($"/v2/root/kill{attempt}/tags/list", Cancel));
            Assert.Equal(8, list.RootElement.GetProperty("tags").GetArrayLength());
            if (first.GetProperty("state").GetString() == "running")
                return;
        }
        Assert.Fail("no deletion was ever killed in the middle");
    }

    private static async Task<JsonElement> Status(HttpClient http, string path) => JsonElement.Parse(await http.GetStringAsync("/api/v4/" + path, Cancel));
}

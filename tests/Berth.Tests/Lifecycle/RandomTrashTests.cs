using System.Net;
using Berth.Tests.Harness;
using CsCheck;

namespace Berth.Tests.Lifecycle;

/// <summary>Whatever is pushed, deleted and restored in whatever order: the tags are those of a model, and each of them pulls whole.</summary>
public sealed class RandomTrashTests(TestServer server)
{
    private const int Steps = 40;

    private static readonly string[] Tags = ["a", "b", "c"];

    private static readonly Gen<(int Action, int Tag, int Image, bool Force)> Step = Gen.Select(Gen.Int[0, 6], Gen.Int[0, Tags.Length - 1], Gen.Int[0, 2], Gen.Bool);

    [Fact]
    public Task Tags_are_those_of_a_model_after_any_pushes_deletes_and_restores() => Step.Array[Steps].SampleAsync(Holds, iter: 12, threads: 1);

    private async Task<bool> Holds((int Action, int Tag, int Image, bool Force)[] steps)
    {
        var image = await TestImage.Push(server);
        var images = new List<(string Digest, string Json)> { (image.Digest, image.Json) };
        for (var i = 0; i < 2; i++)
            images.Add(await image.Client.PushImage("latest"));
        var (live, last) = (new Dictionary<string, string>(), new Dictionary<string, string>());
        await image.Delete("latest");
        foreach (var step in steps)
        {
            var (tag, (digest, json)) = (Tags[step.Tag], images[step.Image]);
            switch (step.Action)
            {
                case 0 or 1 or 2:
                    using (var put = await image.Client.PutManifest(tag, json))
                        Assert.Equal(HttpStatusCode.Created, put.StatusCode);
                    live[tag] = digest;
                    break;
                case 3:
                    await image.Delete(tag, live.ContainsKey(tag) ? HttpStatusCode.OK : HttpStatusCode.NotFound);
                    End(live, last, tag);
                    break;
                case 4:
                    using (var gone = await image.Client.Delete($"manifests/{digest}"))
                        Assert.Contains(gone.StatusCode, new[] { HttpStatusCode.Accepted, HttpStatusCode.NotFound });
                    foreach (var ended in live.Where(pair => pair.Value == digest).Select(pair => pair.Key).ToList())
                        End(live, last, ended);
                    break;
                default:
                    await Restore(image, tag, step.Force, live, last);
                    break;
            }
            Assert.Equal(live.Keys.Order(StringComparer.Ordinal), await image.Tags());
            Assert.Equal(last.Keys.Except(live.Keys).Append("latest").Order(StringComparer.Ordinal), (await image.DeletedTags()).Order(StringComparer.Ordinal));
        }
        foreach (var (tag, digest) in live)
            Assert.Equal(digest, await image.Resolve(tag));
        await CountsAreRight(image);
        return true;
    }

    /// <summary>What lists and usage show without counting.</summary>
    private async Task CountsAreRight(TestImage image)
    {
        var counts = (await server.Query<CountRow>("""
            select r.tag_count as Tags, cast((select count(*) from tags t where t.repository_id = r.id) as bigint) as TagRows,
                cast(r.size + coalesce((select sum(d.bytes) from quota_deltas d where d.repository_id = r.id), 0) as bigint) as Size,
                cast(coalesce((select sum(m.size) from manifests m where m.repository_id = r.id and m.deleted_at is null), 0)
                    + coalesce((select sum(b.size) from repository_blobs l join blobs b on b.digest = l.digest where l.repository_id = r.id and l.deleted_at is null), 0) as bigint) as LiveSize
            from repositories r where r.id = @id
            """, new { id = image.Repository })).Single();
        Assert.Equal((counts.TagRows, counts.LiveSize), (counts.Tags, counts.Size));
    }

    private static void End(Dictionary<string, string> live, Dictionary<string, string> last, string tag)
    {
        if (live.Remove(tag, out var digest))
            last[tag] = digest;
    }

    private static async Task Restore(TestImage image, string tag, bool force, Dictionary<string, string> live, Dictionary<string, string> last)
    {
        if (!last.TryGetValue(tag, out var kept))
        {
            await image.Restore(tag, HttpStatusCode.NotFound, new { force });
            return;
        }
        var isTaken = live.TryGetValue(tag, out var current) && current != kept && !force;
        await image.Restore(tag, isTaken ? HttpStatusCode.Conflict : HttpStatusCode.OK, new { force });
        if (!isTaken)
            live[tag] = kept;
    }

    private sealed record CountRow(long Tags, long TagRows, long Size, long LiveSize);
}

using System.Net;
using Berth.Tests.Harness;
using Berth.Tests.Storage;

namespace Berth.Tests.Http;

/// <summary>/-/liveness, /-/readiness and /-/metrics.</summary>
public sealed class HealthTests(TestServer shared)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Readiness_is_503_while_the_store_does_not_answer_and_liveness_stays()
    {
        await using var server = await TestServer.StartOwn();
        using var ready = await server.Send(HttpMethod.Get, "/-/readiness");
        Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
        server.Storage.Fail(StorageOperation.UploadLength, Fault.InputOutputError);
        using var unready = await server.Send(HttpMethod.Get, "/-/readiness");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, unready.StatusCode);
        using var alive = await server.Send(HttpMethod.Get, "/-/liveness");
        Assert.Equal(HttpStatusCode.OK, alive.StatusCode);
        server.Storage.Heal();
        using var again = await server.Send(HttpMethod.Get, "/-/readiness");
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
    }

    [Fact]
    public async Task Metrics_count_pushes_and_pulls_and_name_no_project_user_or_digest()
    {
        var client = await RegistryClient.Fresh(shared);
        var (digest, _) = await client.PushImage("a-tag-of-this-test");
        using var pulled = await client.Get("manifests/a-tag-of-this-test");
        using var missing = await client.Get("manifests/a-tag-that-is-not");
        using var reply = await shared.Send(HttpMethod.Get, "/-/metrics");
        var text = await reply.Content.ReadAsStringAsync(Cancel);
        Assert.Matches(@"(?m)^berth_manifest_pushed\S* [1-9]", text);
        Assert.Matches(@"(?m)^berth_manifest_pulled\S* [1-9]", text);
        Assert.Matches(@"(?m)^berth_blob_pushed\S* [1-9]", text);
        foreach (var secret in new[] { client.Name, client.Name[..client.Name.IndexOf('/')], digest, digest[7..], "a-tag-" })
            Assert.DoesNotContain(secret, text, StringComparison.Ordinal);
    }
}

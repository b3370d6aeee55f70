using Berth.Tests.Harness;

namespace Berth.Tests.Http;

public sealed class RegistryErrorTests(TestServer server)
{
    [Fact]
    public async Task An_errors_words_are_readable_in_the_body_as_it_is_because_skopeo_delete_prints_that()
    {
        var client = await RegistryClient.Fresh(server);
        using var reply = await client.Get("manifests/latest");
        Assert.Contains($"repository '{client.Name}' has no content yet", await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal("nosniff", reply.Headers.GetValues("X-Content-Type-Options").Single());
    }
}

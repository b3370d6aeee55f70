using System.Net;
using Berth.Tests.Harness;

namespace Berth.Tests.Http;

/// <summary>A registry with a host of its own: nothing but images there, so that no page shares an origin with them.</summary>
public sealed class RegistryHostTests : IAsyncLifetime
{
    private const string Registry = "registry.example.test:5000";

    private TestServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await TestServer.StartOwn(registryUrl: new Uri($"http://{Registry}"));

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("/v2/", HttpStatusCode.Unauthorized)]
    [InlineData("/v2/a/b/tags/list", HttpStatusCode.Unauthorized)]
    [InlineData("/jwt/auth?service=container_registry", HttpStatusCode.Forbidden)]
    [InlineData("/-/liveness", HttpStatusCode.OK)]
    [InlineData("/-/readiness", HttpStatusCode.OK)]
    [InlineData("/api/v4/user", HttpStatusCode.NotFound)]
    [InlineData("/-/metrics", HttpStatusCode.NotFound)]
    [InlineData("/", HttpStatusCode.NotFound)]
    [InlineData("/v2x", HttpStatusCode.NotFound)]
    public async Task Host_of_the_registry_serves_images_alone(string path, HttpStatusCode status)
    {
        foreach (var host in new[] { Registry, Registry.ToUpperInvariant() })
        {
            using var reply = await _server.Send(HttpMethod.Get, path, with: request => request.Headers.Host = host);
            Assert.Equal(status, reply.StatusCode);
        }
    }

    [Fact]
    public async Task Other_hosts_serve_everything_and_send_clients_to_the_registry_for_tokens()
    {
        using var api = await _server.Send(HttpMethod.Get, "/api/v4/user", token: TestServer.RootToken);
        Assert.Equal(HttpStatusCode.OK, api.StatusCode);
        using var ping = await _server.Send(HttpMethod.Get, "/v2/");
        Assert.StartsWith($"Bearer realm=\"http://{Registry}/jwt/auth\"", ping.Headers.WwwAuthenticate.ToString());
        // A host that a client made up never comes back in a URL.
        using var evil = await _server.Send(HttpMethod.Get, "/v2/", with: request => request.Headers.Host = "evil.example");
        Assert.StartsWith($"Bearer realm=\"http://{Registry}/jwt/auth\"", evil.Headers.WwwAuthenticate.ToString());
    }
}

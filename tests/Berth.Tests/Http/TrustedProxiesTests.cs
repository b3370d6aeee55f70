using System.Net;
using Berth.Tests.Harness;

namespace Berth.Tests.Http;

/// <summary>X-Forwarded-For counts from proxies that the settings name, and from nobody else.</summary>
public sealed class TrustedProxiesTests
{
    [Theory]
    [InlineData("127.0.0.0/8", "203.0.113.7", "203.0.113.7")]
    [InlineData("127.0.0.0/8", "198.51.100.1, 203.0.113.7", "203.0.113.7")]
    [InlineData("127.0.0.0/8", "203.0.113.7, 127.9.9.9", "203.0.113.7")]
    [InlineData("127.0.0.0/8", "nonsense", "127.0.0.1")]
    [InlineData("10.0.0.0/8", "203.0.113.7", "127.0.0.1")]
    [InlineData(null, "203.0.113.7", "127.0.0.1")]
    public async Task Address_of_the_client_is_the_last_that_is_no_trusted_proxy(string? trusted, string forwarded, string address)
    {
        await using var server = await TestServer.StartOwn(trusted is null ? [] : [IPNetwork.Parse(trusted)]);
        var log = LogCapture.Of(server);
        using var reply = await server.Send(HttpMethod.Get, "/jwt/auth?service=container_registry", basic: $"root:{TestServer.RootToken}",
            with: request => request.Headers.TryAddWithoutValidation("X-Forwarded-For", forwarded));
        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
        Assert.Contains(log.Lines, line => line.StartsWith("token for 'root'", StringComparison.Ordinal) && line.TrimEnd().EndsWith($"from {address}", StringComparison.Ordinal));
        // Nor is a secret ever logged.
        Assert.DoesNotContain(log.Lines, line => line.Contains(TestServer.RootToken, StringComparison.Ordinal));
    }
}

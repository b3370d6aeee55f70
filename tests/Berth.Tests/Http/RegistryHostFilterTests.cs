using Berth.Server.Configuration;
using Berth.Server.Http;
using Microsoft.AspNetCore.Http;

namespace Berth.Tests.Http;

public sealed class RegistryHostFilterTests
{
    private const string External = "https://berth.example.com";

    [Theory]
    [InlineData("https://registry.example.com", "registry.example.com")]
    [InlineData("https://registry.example.com", "Registry.Example.com")]
    [InlineData("https://registry.example.com", "registry.example.com:443")]
    [InlineData("https://registry.example.com", "registry.example.com.")]
    [InlineData("http://registry.example.com", "registry.example.com")]
    [InlineData("https://registry.example.com:5050", "registry.example.com:5050")]
    [InlineData("https://berth.example.com:5050", "berth.example.com:5050")]
    [InlineData("https://[2001:db8::1]:5050", "[2001:db8::1]:5050")]
    [InlineData("https://xn--bcher-kva.example", "xn--bcher-kva.example")]
    public async Task A_registry_with_a_host_or_port_of_its_own_serves_only_the_registry_there(string registry, string host)
    {
        Assert.All(await Statuses(registry, host, ["/v2", "/v2/", "/v2/a/b/manifests/latest", "/jwt/auth", "/-/liveness", "/-/readiness", "/-/ca.pem"]), status => Assert.Equal(200, status));
        Assert.All(await Statuses(registry, host, ["/", "/root/hello", "/api/v4/user", "/-/metrics", "/jwt/authx", "/v2x"]), status => Assert.Equal(404, status));
    }

    [Theory]
    [InlineData("https://registry.example.com", "berth.example.com")]
    [InlineData("https://registry.example.com", "registry.example.com:8443")]
    [InlineData("https://registry.example.com", "localhost:5050")]
    [InlineData("https://berth.example.com:5050", "berth.example.com")]
    [InlineData("https://berth.example.com:5050", "berth.example.com:443")]
    [InlineData(External, "berth.example.com")]
    public async Task Every_other_address_serves_all(string registry, string host) =>
        Assert.All(await Statuses(registry, host, ["/", "/api/v4/user", "/v2/", "/-/metrics"]), status => Assert.Equal(200, status));

    private static Task<int[]> Statuses(string registry, string host, string[] paths) => Task.WhenAll(paths.Select(path => Status(registry, host, path)));

    private static async Task<int> Status(string registry, string host, string path)
    {
        var settings = new BerthSettings
        {
            Urls = [new Uri("http://localhost:5050")],
            DataDirectory = "/nowhere",
            ExternalUrl = SettingUrls.ParseExternalUrl(External),
            RegistryExternalUrl = SettingUrls.ParseExternalUrl(registry),
        };
        var context = new DefaultHttpContext();
        context.Request.Scheme = "http";
        context.Request.Headers.Host = host;
        context.Request.Path = path;
        await new RegistryHostFilter(_ => Task.CompletedTask, settings).Invoke(context);
        return context.Response.StatusCode;
    }
}

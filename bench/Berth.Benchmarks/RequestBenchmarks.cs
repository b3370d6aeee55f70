using BenchmarkDotNet.Attributes;
using Berth.Server.Access.Login;
using Berth.Server.Access.Registry;
using Microsoft.Extensions.DependencyInjection;

namespace Berth.Benchmarks;

/// <summary>The requests that a pull is made of, one client after the other, and what a token costs that was seen before.</summary>
public class RequestBenchmarks
{
    private RunningServer _server = null!;
    private RawClient _manifest = null!;
    private RawClient _head = null!;
    private RegistryTokens _tokens = null!;
    private LiveCredentials _credentials = null!;

    [GlobalSetup]
    public void Start()
    {
        _server = new RunningServer();
        _manifest = new RawClient(_server, HttpMethod.Get, $"/v2/{RunningServer.Repository}/manifests/{RunningServer.Tag}");
        _head = new RawClient(_server, HttpMethod.Head, $"/v2/{RunningServer.Repository}/blobs/{_server.Config}");
        _tokens = _server.Services.GetRequiredService<RegistryTokens>();
        _credentials = _server.Services.GetRequiredService<LiveCredentials>();
    }

    [GlobalCleanup]
    public void Stop()
    {
        _manifest.Dispose();
        _head.Dispose();
        _server.Dispose();
    }

    [Benchmark]
    [AllocationLimit(1280)]
    public void ManifestByTag() => _manifest.Send();

    [Benchmark]
    [AllocationLimit(1536)]
    public void BlobHead() => _head.Send();

    /// <summary>What stands between a request and its right once the token was verified: its hash, and the credential's row.</summary>
    [Benchmark]
    [AllocationLimit(64)]
    public async ValueTask<bool> TokenSeenBefore()
    {
        var token = (await _tokens.Verify(_server.Token.AsMemory()))!;
        return await _credentials.Find(token.Kind, token.CredentialId, token.IssuedAt, CancellationToken.None) is not null;
    }
}

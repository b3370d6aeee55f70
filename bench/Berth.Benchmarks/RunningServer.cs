using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Berth.Server;
using Berth.Server.Access.Accounts;
using Berth.Server.Configuration;
using Berth.Server.Database;
using Berth.Server.Operation;
using Berth.Server.Storage;
using Microsoft.AspNetCore.Builder;

namespace Berth.Benchmarks;

/// <summary>Berth in this process, on SQLite and a folder of its own, with one image.</summary>
internal sealed class RunningServer : IDisposable
{
    public const string Repository = "root/hello";
    public const string Tag = "latest";

    private const string RootToken = "glpat-benchmark0123456789";

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("berth-benchmarks-");
    private readonly DataDirectory _data;
    private readonly MetadataDatabase _database;
    private readonly DiskStorage _storage;
    private readonly WebApplication _app;

    public RunningServer()
    {
        Url = new Uri($"http://127.0.0.1:{FreePort()}");
        var settings = new BerthSettings
        {
            Urls = [Url],
            DataDirectory = _directory.FullName,
            ExternalUrl = Url,
            RegistryExternalUrl = Url,
            InitialRootToken = new Secret(RootToken),
            MinimumFreeSpace = 0,
        };
        _data = new DataDirectory(settings.DataDirectory);
        _database = Databases.Open(settings, _data);
        _storage = new DiskStorage(_data.Path, settings.MinimumFreeSpace, TimeProvider.System);
        using var passwords = new Passwords();
        FirstRun.MakeRoot(_database, settings, passwords, TimeProvider.System).GetAwaiter().GetResult();
        _app = BerthServer.Build(settings, _data, Task.FromResult(_database), _storage, TimeProvider.System).GetAwaiter().GetResult();
        _app.StartAsync().GetAwaiter().GetResult();
        (Token, Config) = PushImage().GetAwaiter().GetResult();
    }

    public Uri Url { get; }

    public IServiceProvider Services => _app.Services;

    /// <summary>A registry token to pull by.</summary>
    public string Token { get; }

    /// <summary>The digest of a blob of the image.</summary>
    public string Config { get; }

    public void Dispose()
    {
        _app.StopAsync().GetAwaiter().GetResult();
        _app.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _database.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _storage.Dispose();
        _directory.Delete(recursive: true);
    }

    private async Task<(string Token, string Config)> PushImage()
    {
        using var client = new HttpClient { BaseAddress = Url };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"root:{RootToken}")));
        var config = $"sha256:{Convert.ToHexStringLower(SHA256.HashData("{}"u8))}";
        using var blob = new ByteArrayContent("{}"u8.ToArray());
        using var uploaded = await client.PostAsync(new Uri($"/v2/{Repository}/blobs/uploads/?digest={config}", UriKind.Relative), blob);
        uploaded.EnsureSuccessStatusCode();
        using var manifest = new StringContent($$"""
            {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"{{config}}","size":2},"layers":[]}
            """, new MediaTypeHeaderValue("application/vnd.oci.image.manifest.v1+json"));
        using var put = await client.PutAsync(new Uri($"/v2/{Repository}/manifests/{Tag}", UriKind.Relative), manifest);
        put.EnsureSuccessStatusCode();
        var answer = await client.GetStringAsync(new Uri($"/jwt/auth?service=container_registry&scope=repository:{Repository}:pull", UriKind.Relative));
        using var json = JsonDocument.Parse(answer);
        return (json.RootElement.GetProperty("token").GetString()!, config);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

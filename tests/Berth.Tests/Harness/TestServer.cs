using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using Berth.Server;
using Berth.Server.Access.Accounts;
using Berth.Server.Configuration;
using Berth.Server.Database;
using Berth.Server.Operation;
using Berth.Server.Storage;
using Berth.Tests.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Berth.Tests.Harness;

/// <summary>
/// A whole server on a free port of the loopback, with a data directory, a database and a clock of its own. Its store can be told
/// to fail. Tests talk to it over HTTP.
/// </summary>
public sealed class TestServer : IAsyncLifetime
{
    public const string RootPassword = "correct horse battery";
    public const string RootToken = "glpat-root0123456789abcdef";

    private readonly TemporaryDirectory _directory = new();
    private readonly TestDatabase? _ownDatabase;
    private readonly int _port = FreePort();
    private MetadataDatabase? _metadata;
    private DiskStorage? _disk;
    private WebApplication? _app;
    private Task<TestUser>? _sharedUser;
    private object? _sharedUserGate;

    /// <summary>A server of one test's own, for what would disturb others: its clock, its store, its end.</summary>
    internal static async Task<TestServer> StartOwn(IReadOnlyList<IPNetwork>? trustedProxies = null, Uri? registryUrl = null)
    {
        var server = new TestServer { TrustedProxies = trustedProxies ?? [], RegistryExternalUrl = registryUrl };
        await server.InitializeAsync();
        return server;
    }

    public TestServer() : this(null)
    {
    }

    private TestServer(TestServer? first)
    {
        First = first;
        _ownDatabase = first is null ? new TestDatabase() : null;
        Clock = first?.Clock ?? new SteppedClock();
    }

    /// <summary>Another replica of a server on PostgreSQL: the same database, clock, address to the outside and secrets. Its store is its own.</summary>
    internal static async Task<TestServer> StartReplica(TestServer first)
    {
        var replica = new TestServer(first);
        await replica.InitializeAsync();
        return replica;
    }

    /// <summary>The server that this one is a replica of.</summary>
    private TestServer? First { get; }

    internal SteppedClock Clock { get; }

    internal IReadOnlyList<IPNetwork> TrustedProxies { get; init; } = [];

    /// <summary>Where images are, if they are at an address of their own.</summary>
    internal Uri? RegistryExternalUrl { get; init; }

    /// <summary>What clients are told to use, if it is another address than the one that the server listens on.</summary>
    internal Uri? ExternalUrl { get; init; }

    /// <summary>The most that one push of git may send, in bytes.</summary>
    internal long GitMaxPushSize { get; init; } = 2L << 30;

    /// <summary>A minute; the settings of these names.</summary>
    internal int TokenRequests { get; init; } = 120_000;

    internal int SignIns { get; init; } = 600;

    internal int PushStarts { get; init; } = 60_000;

    internal int PipelineStarts { get; init; } = 300;

    /// <summary>Whether what requests ask the database is kept: see <see cref="AskedUnder"/>.</summary>
    internal bool CountsQueries { get; init; }

    /// <summary>What the database was asked so far, or told, by requests with this trace in their header 'traceparent'.</summary>
    internal IReadOnlyCollection<string> AskedUnder(ActivityTraceId trace) => ((CountingDatabase)_metadata!).AskedUnder(trace);

    internal FaultInjectingStorage Storage { get; private set; } = null!;

    internal MetadataDatabase Database => _metadata!;

    internal DataDirectory Data { get; private set; } = null!;

    internal IServiceProvider Services => _app!.Services;

    /// <summary>Where the server listens, without a slash at the end.</summary>
    public string Url => $"http://127.0.0.1:{_port}";

    /// <summary>A client without credentials, that follows no redirects.</summary>
    public HttpClient Client { get; private set; } = null!;

    internal BerthSettings Settings => new()
    {
        Urls = [new Uri(Url)],
        DataDirectory = _directory.Path,
        ExternalUrl = ExternalUrl ?? new Uri(First?.Url ?? Url),
        RegistryExternalUrl = RegistryExternalUrl ?? ExternalUrl ?? new Uri(First?.Url ?? Url),
        SecretsKey = First?.Data.SecretsKey(),
        TrustedProxies = TrustedProxies,
        GitMaxPushSize = GitMaxPushSize,
        TokenRequests = TokenRequests,
        SignIns = SignIns,
        PushStarts = PushStarts,
        PipelineStarts = PipelineStarts,
        InitialRootPassword = new Secret(RootPassword),
        InitialRootToken = new Secret(RootToken),
        DatabaseConnectionString = (First ?? this)._ownDatabase!.ConnectionString is { } postgres ? new Secret(postgres) : null,
        MinimumFreeSpace = 0,
    };

    public async ValueTask InitializeAsync()
    {
        Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false }) { BaseAddress = new Uri(Url) };
        await Start();
    }

    /// <summary>Starts the server on what is in its data directory.</summary>
    public async Task Start()
    {
        Data = new DataDirectory(Settings.DataDirectory);
        _metadata = CountsQueries ? new CountingDatabase(Databases.Open(Settings, Data)) : Databases.Open(Settings, Data);
        _disk = new DiskStorage(Data.Path, minimumFreeSpace: 0, Clock);
        Storage = new FaultInjectingStorage(_disk);
        using var passwords = new Passwords();
        await FirstRun.MakeRoot(_metadata, Settings, passwords, Clock);
        _app = await BerthServer.Build(Settings, Data, Task.FromResult(_metadata), Storage, Clock);
        if (CountsQueries)
            _app.Services.GetRequiredService<DiagnosticListener>().Subscribe(new Traces(), (name, _, _) => name.StartsWith("Microsoft.AspNetCore.Hosting.HttpRequestIn", StringComparison.Ordinal));
        await _app.StartAsync();
    }

    /// <summary>Ends the server in order; its data stays.</summary>
    public async Task Stop()
    {
        await _app!.StopAsync();
        await _app.DisposeAsync();
        await _metadata!.DisposeAsync();
        _disk!.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        await Stop();
        Client.Dispose();
        _ownDatabase?.Dispose();
        _directory.Dispose();
    }

    /// <summary>Sends a request. <paramref name="bearer"/>: a registry token; <paramref name="basic"/>: 'name:secret'; <paramref name="token"/>: for the REST API.</summary>
    public async Task<HttpResponseMessage> Send(
        HttpMethod method, string path, HttpContent? content = null, string? bearer = null, string? basic = null, string? token = null, Action<HttpRequestMessage>? with = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(new Uri(Url), path)) { Content = content };
        if (bearer is not null)
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {bearer}");
        if (basic is not null)
            request.Headers.TryAddWithoutValidation("Authorization", "Basic " + Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(basic)));
        if (token is not null)
            request.Headers.TryAddWithoutValidation("PRIVATE-TOKEN", token);
        with?.Invoke(request);
        var reply = await Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        await ApiContract.Check(request, reply);
        return reply;
    }

    /// <summary>Asks /jwt/auth; scopes as 'repository:NAME:ACTIONS'. Fails the test if it is refused.</summary>
    public async Task<string> RegistryToken(string basic, params string[] scopes)
    {
        var query = string.Concat(scopes.Select(scope => "&scope=" + Uri.EscapeDataString(scope)));
        using var reply = await Send(HttpMethod.Get, "/jwt/auth?service=container_registry" + query, basic: basic);
        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
        return (await reply.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("token").GetString()!;
    }

    /// <summary>A user with the namespace of their name, and a personal access token of theirs.</summary>
    public async Task<TestUser> NewUser(params string[] scopes)
    {
        var name = $"u{Guid.NewGuid():N}"[..12];
        var user = await Post("/api/v4/users", new { username = name, password = "password of " + name });
        var token = await NewToken(user.GetProperty("id").GetInt64(), scopes.Length > 0 ? scopes : ["api", "read_registry", "write_registry"]);
        return new TestUser(user.GetProperty("id").GetInt64(), name, "password of " + name, token.GetProperty("token").GetString()!, token.GetProperty("id").GetInt64());
    }

    /// <summary>A user for tests that look at nothing of the user's but a repository of their own.</summary>
    public Task<TestUser> SharedUser() => LazyInitializer.EnsureInitialized(ref _sharedUser, ref _sharedUserGate, () => NewUser());

    /// <summary>A further token of a user: the whole reply, with 'id' and 'token'.</summary>
    public Task<JsonElement> NewToken(long userId, params string[] scopes) =>
        Post($"/api/v4/users/{userId}/personal_access_tokens", new { name = "test", scopes });

    /// <summary>Posts JSON as root; fails the test unless it is answered with 201.</summary>
    public async Task<JsonElement> Post(string path, object body)
    {
        using var reply = await Send(HttpMethod.Post, path, JsonContent.Create(body), token: RootToken);
        Assert.Equal(HttpStatusCode.Created, reply.StatusCode);
        return await reply.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
    }

    /// <summary>The file that holds a blob.</summary>
    internal string BlobFile(string digest)
    {
        var (algorithm, hex) = (digest[..6], digest[7..]);
        return Path.Join(Data.Path, "docker/registry/v2/blobs", algorithm, hex[..2], hex, "data");
    }

    /// <summary>Rows straight from the database: for what no endpoint shows.</summary>
    internal async Task<List<T>> Query<T>(string sql, object? parameters = null)
    {
        await using var connection = await Database.OpenRead(TestContext.Current.CancellationToken);
        return await connection.Query<T>(sql, parameters, TestContext.Current.CancellationToken);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Who merely listens, so that each request has a trace.</summary>
    private sealed class Traces : IObserver<KeyValuePair<string, object?>>
    {
        public void OnCompleted()
        {
        }

        public void OnError(Exception error)
        {
        }

        public void OnNext(KeyValuePair<string, object?> value)
        {
        }
    }
}

/// <summary>A user that a test made.</summary>
public sealed record TestUser(long Id, string Name, string Password, string Token, long TokenId)
{
    /// <summary>For Basic: the name and the token.</summary>
    public string Basic => $"{Name}:{Token}";
}

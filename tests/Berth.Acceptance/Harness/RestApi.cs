using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;

namespace Berth.Acceptance.Harness;

/// <summary>What a test sets up and reads over /api/v4 of a running Berth, as one user. It trusts Berth's own CA, where there is one.</summary>
public sealed class RestApi : IDisposable
{
    private readonly HttpClient _client;

    public RestApi(BerthProgram berth, string username, string secret)
    {
        _client = Client(berth);
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{username}:{secret}")));
    }

    /// <summary>A client with no credentials.</summary>
    public static HttpClient Client(BerthProgram berth)
    {
        var handler = new SocketsHttpHandler { UseProxy = false };
        if (File.Exists(berth.AuthorityPath))
        {
            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.ImportFromPemFile(berth.AuthorityPath);
            handler.SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = policy };
        }
        return new HttpClient(handler) { BaseAddress = new Uri($"{berth.Url}/api/v4/") };
    }

    public Task MakeUser(string username, string password) => Post("users", new { username, password });

    /// <summary>Makes a personal access token of this user; returns its id and the secret.</summary>
    public async Task<(long Id, string Secret)> MakeToken(params string[] scopes)
    {
        var made = await Post("user/personal_access_tokens", new { name = "a token", scopes });
        return (made.GetProperty("id").GetInt64(), made.GetProperty("token").GetString()!);
    }

    public Task RevokeToken(long id) => Delete($"personal_access_tokens/{id}");

    public async Task<JsonElement> Get(string path) => JsonElement.Parse(await GetText(path));

    public async Task<string> GetText(string path)
    {
        using var reply = await _client.GetAsync(path, TestContext.Current.CancellationToken);
        var text = await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(reply.IsSuccessStatusCode, $"GET {path}: {(int)reply.StatusCode} {text}");
        return text;
    }

    public async Task<JsonElement> Post(string path, object body)
    {
        using var reply = await _client.PostAsJsonAsync(path, body, TestContext.Current.CancellationToken);
        var text = await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(reply.IsSuccessStatusCode, $"POST {path}: {(int)reply.StatusCode} {text}");
        return JsonElement.Parse(text);
    }

    public async Task Delete(string path)
    {
        using var reply = await _client.DeleteAsync(path, TestContext.Current.CancellationToken);
        Assert.True(reply.IsSuccessStatusCode, $"DELETE {path}: {(int)reply.StatusCode}");
    }

    public void Dispose() => _client.Dispose();
}

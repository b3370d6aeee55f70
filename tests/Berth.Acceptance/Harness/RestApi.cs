using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Berth.Acceptance.Harness;

/// <summary>What a test sets up over /api/v4 of a running Berth, as one user.</summary>
public sealed class RestApi : IDisposable
{
    private readonly HttpClient _client;

    public RestApi(BerthProgram berth, string username, string secret)
    {
        _client = new HttpClient { BaseAddress = new Uri($"{berth.Url}/api/v4/") };
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{username}:{secret}")));
    }

    public Task MakeUser(string username, string password) => Post("users", new { username, password });

    /// <summary>Makes a personal access token of this user; returns its id and the secret.</summary>
    public async Task<(long Id, string Secret)> MakeToken(params string[] scopes)
    {
        var made = await Post("user/personal_access_tokens", new { name = "a token", scopes });
        return (made.GetProperty("id").GetInt64(), made.GetProperty("token").GetString()!);
    }

    public async Task RevokeToken(long id)
    {
        using var reply = await _client.DeleteAsync($"personal_access_tokens/{id}", TestContext.Current.CancellationToken);
        reply.EnsureSuccessStatusCode();
    }

    public void Dispose() => _client.Dispose();

    private async Task<JsonElement> Post(string path, object body)
    {
        using var reply = await _client.PostAsJsonAsync(path, body, TestContext.Current.CancellationToken);
        var text = await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(reply.IsSuccessStatusCode, $"POST {path}: {(int)reply.StatusCode} {text}");
        return JsonElement.Parse(text);
    }
}

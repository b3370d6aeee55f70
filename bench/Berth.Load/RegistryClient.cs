using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Berth.Load;

/// <summary>One repository of a registry. Where the registry challenges, a token is fetched once and renewed at half of its life.</summary>
internal sealed partial class RegistryClient : IDisposable
{
    /// <summary>Of the shortest life that distribution's token specification allows (60 s).</summary>
    private static readonly TimeSpan TokenAge = TimeSpan.FromSeconds(30);

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, UseCookies = false }) { Timeout = Timeout.InfiniteTimeSpan };
    private readonly SemaphoreSlim _renewing = new(1);
    private readonly Uri _url;
    private readonly string _repository;
    private readonly string? _user;
    private string? _authorization;
    private long _fetchedAt;
    private bool _asked;

    public RegistryClient(Uri url, string repository, string? user) => (_url, _repository, _user) = (url, repository, user);

    /// <summary>An address below the repository's.</summary>
    public Uri Address(string path) => new(_url, $"/v2/{_repository}/{path}");

    /// <summary>Sends a request and returns the answer, once its headers are there.</summary>
    /// <exception cref="HttpRequestException">The answer is another one than was expected.</exception>
    public async Task<HttpResponseMessage> Send(HttpRequestMessage request, HttpStatusCode expected, CancellationToken cancellationToken)
    {
        if (await Authorization() is { } authorization)
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (response.StatusCode == expected)
            return response;
        using (response)
            throw new HttpRequestException($"{request.Method} {request.RequestUri} answered {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync(cancellationToken)}");
    }

    /// <summary>The value of the Authorization header; null where the registry wants none.</summary>
    public async ValueTask<string?> Authorization()
    {
        if (IsFresh())
            return _authorization;
        await _renewing.WaitAsync();
        try
        {
            if (!IsFresh())
                await Renew();
            return _authorization;
        }
        finally
        {
            _renewing.Release();
        }
    }

    public void Dispose()
    {
        _http.Dispose();
        _renewing.Dispose();
    }

    private bool IsFresh() => _asked && (_authorization is null || Stopwatch.GetElapsedTime(Volatile.Read(ref _fetchedAt)) < TokenAge);

    private async Task Renew()
    {
        using var ping = await _http.GetAsync(new Uri(_url, "/v2/"));
        if (ping.StatusCode == HttpStatusCode.Unauthorized)
            _authorization = "Bearer " + await FetchToken(ping.Headers.WwwAuthenticate.ToString());
        Volatile.Write(ref _fetchedAt, Stopwatch.GetTimestamp());
        _asked = true;
    }

    private async Task<string> FetchToken(string challenge)
    {
        var fields = ChallengeField().Matches(challenge).ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{fields["realm"]}?service={fields["service"]}&scope=repository:{_repository}:pull,push");
        if (_user is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(_user)));
        using var response = (await _http.SendAsync(request)).EnsureSuccessStatusCode();
        using var body = JsonDocument.Parse(await response.Content.ReadAsStreamAsync());
        return body.RootElement.GetProperty("token").GetString()!;
    }

    [GeneratedRegex("(realm|service)=\"([^\"]*)\"")]
    private static partial Regex ChallengeField();
}

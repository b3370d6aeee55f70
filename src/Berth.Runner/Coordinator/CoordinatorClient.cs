using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Authentication;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Berth.Runner.Configuration;

namespace Berth.Runner.Coordinator;

/// <summary>Asks for jobs, and registers and removes runners; what belongs to one job is in <see cref="JobClient"/>.</summary>
internal sealed class CoordinatorClient : IDisposable
{
    private const string OptionName = "--url";
    private const string LastUpdateHeader = "X-GitLab-Last-Update";

    /// <summary>For calls that are answered at once.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>For a request that the coordinator may hold; gitlab-runner waits as long for the head of an answer.</summary>
    private static readonly TimeSpan RequestLimit = TimeSpan.FromMinutes(10);

    private readonly HttpClient _http;
    private readonly string _setting;

    /// <param name="url">What the user gave by <c>--url</c>.</param>
    /// <exception cref="ConfigException">It is no address, or a certificate can't be read.</exception>
    public CoordinatorClient(string url, string caFile = "") : this(OptionName, url, caFile, "", "") { }

    public CoordinatorClient(RunnerEntry entry) : this("url of [[runners]] in config.toml", entry.Url, entry.CaFile, entry.CertFile, entry.KeyFile) { }

    private CoordinatorClient(string setting, string url, string caFile, string certFile, string keyFile)
    {
        (Url, _setting) = (url, setting);
        if (!IsAddress(url))
            throw new ConfigException($"{setting} must be an http or https address, not {url}");
        _http = CoordinatorConnection.Open(url, caFile, certFile, keyFile);
    }

    public string Url { get; }

    public static bool IsAddress(string url) => Uri.TryCreate(url, UriKind.Absolute, out var address) && address.Scheme is "http" or "https";

    public JobClient ForJob(Job job) => new(_http, job);

    /// <summary>Asks for a job; the coordinator may hold the answer while <see cref="JobRequest.LastUpdate"/> is its current value.</summary>
    /// <exception cref="CoordinatorException">It refused, or gave no answer; as of all calls here.</exception>
    public async Task<JobRequestResult> RequestJob(JobRequest request, CancellationToken cancellationToken)
    {
        using var message = Message(HttpMethod.Post, "jobs/request", request, CoordinatorJson.Default.JobRequest, request.Token);
        return await Send(message, RequestLimit, async (reply, token) =>
        {
            var lastUpdate = reply.Headers.TryGetValues(LastUpdateHeader, out var values) ? values.First() : null;
            return reply.StatusCode switch
            {
                HttpStatusCode.Created => new JobRequestResult(JobRequestOutcome.Assigned, await Read(reply, CoordinatorJson.Default.Job, token), lastUpdate),
                HttpStatusCode.NoContent or HttpStatusCode.Conflict => new JobRequestResult(JobRequestOutcome.None, null, lastUpdate),
                HttpStatusCode.Forbidden => new JobRequestResult(JobRequestOutcome.Forbidden, null, lastUpdate),
                _ => throw await Refusal(reply, "asking for a job", token),
            };
        }, cancellationToken);
    }

    public Task<RegistrationReply> Register(Registration registration, CancellationToken cancellationToken) =>
        Ask(HttpMethod.Post, "runners", registration, CoordinatorJson.Default.Registration, registration.Token, HttpStatusCode.Created, cancellationToken);

    /// <summary>Whether the token is good; the id is 0 where the coordinator does not tell it.</summary>
    public Task<RegistrationReply> Verify(RunnerIdentity runner, CancellationToken cancellationToken) =>
        Ask(HttpMethod.Post, "runners/verify", runner, CoordinatorJson.Default.RunnerIdentity, runner.Token, HttpStatusCode.OK, cancellationToken);

    /// <summary>Removes the runner, or with an authentication token only this machine's part of it.</summary>
    public async Task Unregister(RunnerIdentity runner, CancellationToken cancellationToken)
    {
        var path = RunnerToken.IsAuthentication(runner.Token) ? "runners/managers" : "runners";
        using var message = Message(HttpMethod.Delete, path, runner, CoordinatorJson.Default.RunnerIdentity, runner.Token);
        await Send(message, Limit, async (reply, token) =>
            reply.StatusCode == HttpStatusCode.NoContent ? true : throw await Refusal(reply, "removing the runner", token), cancellationToken);
    }

    public void Dispose() => _http.Dispose();

    /// <summary>What a refusal says: GitLab's <c>message</c>, a text or texts by field.</summary>
    internal static async Task<CoordinatorException> Refusal(HttpResponseMessage reply, string doing, CancellationToken cancellationToken)
    {
        var said = "";
        try
        {
            using var body = JsonDocument.Parse(await reply.Content.ReadAsStringAsync(cancellationToken));
            var message = body.RootElement.TryGetProperty("message", out var found) || body.RootElement.TryGetProperty("error", out found) ? found : default;
            said = message.ValueKind switch
            {
                JsonValueKind.String => message.GetString()!,
                JsonValueKind.Object => string.Join("; ", message.EnumerateObject().Select(field => $"{field.Name} {field.Value}")),
                _ => "",
            };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // A proxy's page: the status says all there is.
        }
        return new CoordinatorException($"{doing}: {(int)reply.StatusCode} {reply.ReasonPhrase}{(said.Length > 0 ? $" ({said})" : "")}", reply.StatusCode);
    }

    private async Task<RegistrationReply> Ask<T>(
        HttpMethod method, string path, T body, JsonTypeInfo<T> type, string token, HttpStatusCode expected, CancellationToken cancellationToken)
    {
        using var message = Message(method, path, body, type, token);
        return await Send(message, Limit, async (reply, ended) => reply.StatusCode == expected
            ? await Read(reply, CoordinatorJson.Default.RegistrationReply, ended)
            : throw await Refusal(reply, $"POST {Url}/api/v4/{path}", ended), cancellationToken);
    }

    /// <summary>Sends within a limit. Where there is no answer it says which setting names the address: the mistake is often there.</summary>
    private async Task<T> Send<T>(
        HttpRequestMessage message, TimeSpan time, Func<HttpResponseMessage, CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(time);
        try
        {
            using var reply = await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            return await read(reply, limit.Token);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            var cause = e.InnerException is AuthenticationException tls ? $"{tls.Message} ({(_setting == OptionName ? "--" : "")}tls-ca-file names an authority to trust)" : e.Message;
            throw new CoordinatorException($"{Url} can't be reached ({_setting}): {cause}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new CoordinatorException($"{Url} gave no answer within {time.TotalSeconds:0} s ({_setting})");
        }
    }

    private static HttpRequestMessage Message<T>(HttpMethod method, string path, T body, JsonTypeInfo<T> type, string token)
    {
        var message = new HttpRequestMessage(method, path) { Content = JsonContent.Create(body, type) };
        message.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        message.Headers.TryAddWithoutValidation("RUNNER-TOKEN", token);
        return message;
    }

    private static async Task<T> Read<T>(HttpResponseMessage reply, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        if (reply.Content.Headers.ContentType?.MediaType != "application/json")
            throw new CoordinatorException($"the answer's type is {reply.Content.Headers.ContentType?.MediaType ?? "none"}, not application/json");
        try
        {
            return await reply.Content.ReadFromJsonAsync(type, cancellationToken) ?? throw new CoordinatorException("the answer is null");
        }
        catch (JsonException e)
        {
            throw new CoordinatorException($"the answer is not understood: {e.Message}");
        }
    }
}

using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Berth.Runner.Configuration;

namespace Berth.Runner.Coordinator;

/// <summary>Asks for jobs, and registers and removes runners; what belongs to one job is in <see cref="JobClient"/>.</summary>
internal sealed class CoordinatorClient : IDisposable
{
    private const string LastUpdateHeader = "X-GitLab-Last-Update";

    /// <summary>For calls that are answered at once.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>For a request that the coordinator may hold; gitlab-runner waits as long for the head of an answer.</summary>
    private static readonly TimeSpan RequestLimit = TimeSpan.FromMinutes(10);

    private readonly HttpClient _http;

    public CoordinatorClient(string url, string caFile = "", string certFile = "", string keyFile = "")
    {
        Url = url;
        _http = CoordinatorConnection.Open(url, caFile, certFile, keyFile);
    }

    public CoordinatorClient(RunnerEntry entry) : this(entry.Url, entry.CaFile, entry.CertFile, entry.KeyFile) { }

    public string Url { get; }

    public JobClient ForJob(Job job) => new(_http, job);

    /// <summary>Asks for a job; the coordinator may hold the answer while <see cref="JobRequest.LastUpdate"/> is its current value.</summary>
    public async Task<JobRequestResult> RequestJob(JobRequest request, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(RequestLimit);
        using var message = Message(HttpMethod.Post, "jobs/request", request, CoordinatorJson.Default.JobRequest, request.Token);
        using var reply = await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, limit.Token);
        var lastUpdate = reply.Headers.TryGetValues(LastUpdateHeader, out var values) ? values.First() : null;
        switch (reply.StatusCode)
        {
            case HttpStatusCode.Created:
                var job = await Read(reply, CoordinatorJson.Default.Job, limit.Token);
                return new JobRequestResult(JobRequestOutcome.Assigned, job, lastUpdate);
            case HttpStatusCode.NoContent or HttpStatusCode.Conflict:
                return new JobRequestResult(JobRequestOutcome.None, null, lastUpdate);
            case HttpStatusCode.Forbidden:
                return new JobRequestResult(JobRequestOutcome.Forbidden, null, lastUpdate);
            default:
                throw await Refusal(reply, "asking for a job", limit.Token);
        }
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
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        using var message = Message(HttpMethod.Delete, path, runner, CoordinatorJson.Default.RunnerIdentity, runner.Token);
        using var reply = await _http.SendAsync(message, limit.Token);
        if (reply.StatusCode != HttpStatusCode.NoContent)
            throw await Refusal(reply, "removing the runner", limit.Token);
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
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        using var message = Message(method, path, body, type, token);
        using var reply = await _http.SendAsync(message, limit.Token);
        if (reply.StatusCode != expected)
            throw await Refusal(reply, $"POST {Url}/api/v4/{path}", limit.Token);
        return await Read(reply, CoordinatorJson.Default.RegistrationReply, limit.Token);
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

using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Berth.Acceptance.Harness;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;

namespace Berth.Acceptance.Runner;

/// <summary>
/// A coordinator that speaks the runner API as gitlab-runner 14.7 to 19 know it, and no more: jobs are what a test puts in, and it
/// can be told to fail. It also serves one git repository to job tokens.
/// </summary>
public sealed class StandInCoordinator : IAsyncDisposable
{
    public const string RegistrationToken = "GR1348941registration-token";

    private readonly WebApplication _app;
    private readonly Lock _lock = new();
    private readonly List<StandInJob> _jobs = [];
    private TaskCompletionSource _queueChanged = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _held;
    private int _queueVersion;
    private long _lastId;

    private StandInCoordinator(WebApplication app, string url) => (_app, Url) = (app, url);

    public string Url { get; }

    /// <summary>The runners' tokens that are good.</summary>
    public HashSet<string> RunnerTokens { get; } = ["glrt-t1_stand-in-runner-0123456789"];

    public string RunnerToken => RunnerTokens.First();

    /// <summary>How long a request is held that knows the queue; zero answers at once.</summary>
    public TimeSpan Hold { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>All bodies of POST /jobs/request.</summary>
    public List<JsonObject> Requests { get; } = [];

    /// <summary>All bodies of POST /runners and /runners/verify.</summary>
    public List<(string Path, JsonObject Body)> Registrations { get; } = [];

    /// <summary>The repository that is served at <c>/group/project.git</c>.</summary>
    public string? Repository { get; set; }

    /// <param name="address">Where to listen; containers must reach it.</param>
    public static async Task<StandInCoordinator> Start(string address)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var port = BerthProgram.FreePort();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Parse(address), port);
            kestrel.Limits.MaxRequestBodySize = null;
        });
        var app = builder.Build();
        var coordinator = new StandInCoordinator(app, $"http://{address}:{port}");
        coordinator.Map();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return coordinator;
    }

    /// <summary>Puts a job in the queue; its id, token and addresses are made here.</summary>
    public StandInJob Add(Func<long, string, JsonObject> payload)
    {
        var id = Interlocked.Increment(ref _lastId);
        var job = new StandInJob(id, $"glcbt-job-token-{id:d8}", payload(id, $"glcbt-job-token-{id:d8}"));
        job.Payload["id"] = id;
        job.Payload["token"] = job.Token;
        lock (_lock)
        {
            _jobs.Add(job);
            _queueVersion++;
            _queueChanged.TrySetResult();
            _queueChanged = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        return job;
    }

    /// <summary>Waits until a runner has a request here that is held until there is a job.</summary>
    public async Task Holds()
    {
        for (var attempt = 0; Volatile.Read(ref _held) == 0; attempt++)
        {
            Assert.True(attempt < 600, "no runner waited for a job within 30 s");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await _app.StopAsync(soon.Token);
        await _app.DisposeAsync();
    }

    private void Map()
    {
        var api = _app.MapGroup("/api/v4");
        api.MapPost("/runners", (Delegate)Register);
        api.MapPost("/runners/verify", (Delegate)Verify);
        api.MapDelete("/runners", (Delegate)Remove);
        api.MapDelete("/runners/managers", (Delegate)Remove);
        api.MapPost("/jobs/request", (Delegate)RequestJob);
        api.MapPut("/jobs/{id:long}", Update);
        api.MapPatch("/jobs/{id:long}/trace", AppendTrace);
        api.MapPost("/jobs/{id:long}/artifacts", Upload);
        api.MapGet("/jobs/{id:long}/artifacts", Download);
        _app.Map("/group/project.git/{**path}", context => GitBackend.Serve(context, Repository, TokenIsRunning));
    }

    private async Task<IResult> Register(HttpContext context)
    {
        var body = await Body(context);
        Registrations.Add(("runners", body));
        if (Text(body, "token") != RegistrationToken)
            return Message(403, "403 Forbidden");
        const string Token = "glrt-t1_made-by-registration-01";
        RunnerTokens.Add(Token);
        return Results.Json(new { id = 7, token = Token, token_expires_at = (string?)null }, statusCode: 201);
    }

    private async Task<IResult> Verify(HttpContext context)
    {
        var body = await Body(context);
        Registrations.Add(("verify", body));
        return RunnerTokens.Contains(Text(body, "token"))
            ? Results.Json(new { id = 8, token = Text(body, "token"), token_expires_at = (string?)null })
            : Message(403, "403 Forbidden");
    }

    private async Task<IResult> Remove(HttpContext context) =>
        RunnerTokens.Remove(Text(await Body(context), "token")) ? Results.StatusCode(204) : Message(403, "403 Forbidden");

    private async Task<IResult> RequestJob(HttpContext context)
    {
        var body = await Body(context);
        lock (_lock)
            Requests.Add(body);
        if (!RunnerTokens.Contains(Text(body, "token")))
            return Message(403, "403 Forbidden");
        // Where the last request left off, nothing is new until the queue changes.
        if (Text(body, "last_update") == LastUpdate)
            await HoldUntilChanged(context.RequestAborted);
        lock (_lock)
        {
            if (_jobs.FirstOrDefault(job => job.State == "pending") is { } next)
            {
                next.Start();
                return Results.Json(next.Payload, statusCode: 201);
            }
        }
        context.Response.Headers["X-GitLab-Last-Update"] = LastUpdate;
        return Results.StatusCode(204);
    }

    private async Task<IResult> Update(long id, HttpContext context)
    {
        var body = await Body(context);
        if (Find(id, Text(body, "token")) is not { } job)
            return Message(403, "403 Forbidden");
        job.Updates.Add(body);
        if (job.IsFinished)
            return Refuse(context, job);
        var state = Text(body, "state");
        if (state is "success" or "failed")
        {
            if (job.FinalFailures.TryDequeue(out var status))
            {
                if (status == 412)
                    job.Truncate(0);
                return Results.StatusCode(status);
            }
            job.Finish(state, body["failure_reason"]?.GetValue<string>(), body["exit_code"]?.GetValue<int>() ?? 0);
        }
        Announce(context, job);
        return Results.Text(state);
    }

    private async Task<IResult> AppendTrace(long id, HttpContext context)
    {
        if (Find(id, context.Request.Headers["JOB-TOKEN"].ToString()) is not { } job)
            return Message(403, "403 Forbidden");
        using var content = new MemoryStream();
        await context.Request.Body.CopyToAsync(content, context.RequestAborted);
        var range = context.Request.Headers.ContentRange.ToString().Split('-');
        var (start, end) = (long.Parse(range[0], CultureInfo.InvariantCulture), long.Parse(range[1], CultureInfo.InvariantCulture));
        var failure = job.PatchFailures.TryDequeue(out var status) ? status : 0;
        var answer = failure != 0 ? failure : job.IsFinished ? 403 : start != job.TraceLength ? 416 : 202;
        job.Patches.Add((start, end, (int)content.Length, answer));
        if (job.IsFinished)
            return Refuse(context, job);
        if (answer == 202)
            job.Append(content.ToArray());
        Announce(context, job);
        context.Response.Headers.Range = $"0-{job.TraceLength}";
        context.Response.Headers["X-GitLab-Trace-Update-Interval"] = "1";
        return Results.StatusCode(answer);
    }

    private async Task<IResult> Upload(long id, HttpContext context)
    {
        if (Find(id, context.Request.Headers["JOB-TOKEN"].ToString()) is not { State: "running" } job)
            return Message(403, "403 Forbidden");
        var boundary = context.Request.ContentType!.Split("boundary=")[1].Trim('"');
        var reader = new MultipartReader(boundary, context.Request.Body);
        var section = (await reader.ReadNextSectionAsync(context.RequestAborted))!;
        using var content = new MemoryStream();
        await section.Body.CopyToAsync(content, context.RequestAborted);
        job.Artifacts.Add((context.Request.QueryString.Value!, section.AsFileSection()!.FileName, content.ToArray()));
        return Results.Json(new { id }, statusCode: 201);
    }

    private IResult Download(long id, HttpContext context) =>
        Find(id, context.Request.Headers["JOB-TOKEN"].ToString()) is { Artifacts: [var first, ..] }
            ? Results.Bytes(first.Content, "application/zip") : Message(404, "404 Not found");

    private string LastUpdate => $"queue-{Volatile.Read(ref _queueVersion)}";

    private async Task HoldUntilChanged(CancellationToken cancellationToken)
    {
        Task changed;
        lock (_lock)
            changed = _queueChanged.Task;
        Interlocked.Increment(ref _held);
        await Task.WhenAny(changed, Task.Delay(Hold, cancellationToken));
        Interlocked.Decrement(ref _held);
    }

    private StandInJob? Find(long id, string token)
    {
        lock (_lock)
            return _jobs.FirstOrDefault(job => job.Id == id && job.Token == token);
    }

    private bool TokenIsRunning(string token)
    {
        lock (_lock)
            return _jobs.Any(job => job.Token == token && job.State == "running");
    }

    private static void Announce(HttpContext context, StandInJob job) => context.Response.Headers["Job-Status"] = job.AnnouncedStatus ?? job.State;

    private static IResult Refuse(HttpContext context, StandInJob job)
    {
        Announce(context, job);
        return Message(403, "403 Forbidden - Job is not running");
    }

    private static async Task<JsonObject> Body(HttpContext context) =>
        (JsonObject)(await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted))!;

    private static string Text(JsonObject body, string name) => body[name]?.GetValue<string>() ?? "";

    private static IResult Message(int status, string message) => Results.Json(new { message }, statusCode: status);
}

using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;

namespace Berth.Runner.Coordinator;

/// <summary>The calls about one job, authenticated by its token. PUT and PATCH may be repeated: the coordinator takes each once.</summary>
internal sealed class JobClient(HttpClient http, Job job)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>An artifact or a cache may be large and the line slow; gitlab-runner gives a request as long.</summary>
    private static readonly TimeSpan TransferLimit = TimeSpan.FromMinutes(60);

    private static readonly TimeSpan LongestInterval = TimeSpan.FromSeconds(900);

    public async Task<UpdateResult> Update(JobUpdate update, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        using var message = Message(HttpMethod.Put, $"jobs/{job.Id}", job.Token);
        message.Content = JsonContent.Create(update, CoordinatorJson.Default.JobUpdate);
        using var reply = await http.SendAsync(message, limit.Token);
        return Read(reply, reply.StatusCode switch
        {
            HttpStatusCode.OK => UpdateOutcome.Accepted,
            HttpStatusCode.Accepted => UpdateOutcome.Pending,
            HttpStatusCode.PreconditionFailed => UpdateOutcome.TraceRejected,
            HttpStatusCode.NotFound => UpdateOutcome.NotFound,
            _ => UpdateOutcome.Failed,
        });
    }

    /// <summary>Appends to the log at <paramref name="offset"/>.</summary>
    public async Task<UpdateResult> Append(long offset, ReadOnlyMemory<byte> bytes, bool debugTrace, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        using var message = Message(HttpMethod.Patch, $"jobs/{job.Id}/trace?debug_trace={(debugTrace ? "true" : "false")}", job.Token);
        message.Content = new ReadOnlyMemoryContent(bytes);
        message.Content.Headers.TryAddWithoutValidation("Content-Type", "text/plain");
        // Without unit and total, as gitlab-runner writes it.
        message.Content.Headers.TryAddWithoutValidation("Content-Range", string.Create(CultureInfo.InvariantCulture, $"{offset}-{offset + bytes.Length - 1}"));
        using var reply = await http.SendAsync(message, limit.Token);
        var result = Read(reply, reply.StatusCode switch
        {
            HttpStatusCode.Accepted => UpdateOutcome.Accepted,
            HttpStatusCode.RequestedRangeNotSatisfiable => UpdateOutcome.RangeMismatch,
            HttpStatusCode.NotFound => UpdateOutcome.NotFound,
            _ => UpdateOutcome.Failed,
        });
        return result with { Size = Held(reply) };
    }

    /// <summary>Uploads one artifact; <paramref name="file"/> is read from its beginning.</summary>
    /// <returns>The status, which the caller understands.</returns>
    public async Task<HttpResponseMessage> Upload(Stream file, string fileName, string query, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TransferLimit);
        var address = $"jobs/{job.Id}/artifacts?{query}";
        for (var redirects = 0; ; redirects++)
        {
            file.Position = 0;
            using var message = Message(HttpMethod.Post, address, job.Token);
            // In quotes, as browsers and gitlab-runner write them; .NET leaves them out.
            var part = new StreamContent(new Kept(file));
            part.Headers.ContentDisposition = new ContentDispositionHeaderValue("form-data") { Name = "\"file\"", FileName = $"\"{fileName}\"" };
            part.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
            message.Content = new MultipartFormDataContent { part };
            var reply = await http.SendAsync(message, limit.Token);
            if (reply.StatusCode != HttpStatusCode.TemporaryRedirect || reply.Headers.Location is not { } location || redirects == 3)
                return reply;
            address = new Uri(reply.RequestMessage!.RequestUri!, location).AbsoluteUri;
            reply.Dispose();
        }
    }

    /// <summary>Downloads another job's artifact into <paramref name="file"/>, following one redirect to a store.</summary>
    /// <exception cref="CoordinatorException">The status is no success.</exception>
    public async Task Download(JobDependency dependency, Stream file, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TransferLimit);
        using var message = Message(HttpMethod.Get, $"jobs/{dependency.Id}/artifacts", dependency.Token ?? job.Token);
        var reply = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, limit.Token);
        if (reply.StatusCode is HttpStatusCode.Found or HttpStatusCode.TemporaryRedirect && reply.Headers.Location is { } location)
        {
            // The store has its own authorisation in the address: the job's token is none of its business.
            var address = new Uri(reply.RequestMessage!.RequestUri!, location);
            reply.Dispose();
            reply = await http.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, limit.Token);
        }
        using (reply)
        {
            if (reply.StatusCode != HttpStatusCode.OK)
                throw await CoordinatorClient.Refusal(reply, $"downloading artifacts of job {dependency.Id}", limit.Token);
            await reply.Content.CopyToAsync(file, limit.Token);
        }
    }

    private static HttpRequestMessage Message(HttpMethod method, string address, string token)
    {
        var message = new HttpRequestMessage(method, address);
        message.Headers.TryAddWithoutValidation("JOB-TOKEN", token);
        return message;
    }

    private static UpdateResult Read(HttpResponseMessage reply, UpdateOutcome outcome)
    {
        var status = Header(reply, "Job-Status");
        var seconds = int.TryParse(Header(reply, "X-GitLab-Trace-Update-Interval"), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : 0;
        var interval = TimeSpan.FromSeconds(seconds);
        return new UpdateResult(outcome)
        {
            Abort = status is "canceled" or "failed" || reply.StatusCode == HttpStatusCode.Forbidden,
            CancelGracefully = status == "canceling",
            Interval = interval > LongestInterval ? LongestInterval : interval,
        };
    }

    /// <summary>The number after the dash of <c>Range: 0-1234</c>, a count of bytes.</summary>
    private static long Held(HttpResponseMessage reply)
    {
        var range = Header(reply, "Range") ?? "";
        return long.TryParse(range[(range.IndexOf('-') + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var size) ? size : 0;
    }

    private static string? Header(HttpResponseMessage reply, string name) =>
        reply.Headers.TryGetValues(name, out var values) || reply.Content.Headers.TryGetValues(name, out values) ? values.First() : null;

    /// <summary>Keeps the file open over a request that would dispose it.</summary>
    private sealed class Kept(Stream inner) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => true;

        public override bool CanWrite => false;

        public override long Length => inner.Length;

        public override long Position { get => inner.Position; set => inner.Position = value; }

        public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => inner.ReadAsync(buffer, cancellationToken);

        public override long Seek(long offset, SeekOrigin origin) => inner.Seek(offset, origin);

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush() { }
    }
}

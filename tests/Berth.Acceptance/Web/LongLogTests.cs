using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Berth.Acceptance.Harness;

namespace Berth.Acceptance.Web;

/// <summary>A log of 100 MB, the most that there can be: sent, shown, and taken raw, without the server holding it.</summary>
public sealed class LongLogTests
{
    private const int Size = 100 * 1000 * 1000;

    /// <summary>Bytes by which the process may grow while the log passes: pools and garbage that waits, far below the log.</summary>
    private const long Growth = 64L << 20;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_log_of_100_MB_leaves_the_page_small_and_the_server_s_memory_flat()
    {
        await using var berth = await BerthProgram.Start();
        using var client = new HttpClient { BaseAddress = new Uri(berth.Url) };
        client.DefaultRequestHeaders.Add("PRIVATE-TOKEN", BerthProgram.RootToken);
        var (job, token) = await NewJob(berth, client);
        using var pages = await SignIn(berth);
        var part = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 10_000).Select(line => $"\x1b[32m{line:0000}\x1b[0m {new string('x', 86)}\n")))[..1_000_000];
        // What the first megabytes warm up is no growth.
        await Send(client, job, token, part, 0, 8);
        await Measure(pages, job);
        var before = Resident(berth);
        await Send(client, job, token, part, 8, Size / part.Length);
        var page = await Measure(pages, job);
        var raw = await Drain(pages, $"/root/app/-/jobs/{job}/raw");
        Assert.Equal(Size, raw);
        Assert.InRange(page, 100_000, 1_500_000);
        Assert.InRange(Resident(berth) - before, long.MinValue, Growth);
        // Finished, and moved into one object.
        using (var ended = await client.PutAsJsonAsync($"/api/v4/jobs/{job}", new { token, state = "success" }, Cancel))
            ended.EnsureSuccessStatusCode();
        Assert.Equal(Size, await Drain(pages, $"/root/app/-/jobs/{job}/raw"));
        Assert.InRange(await Measure(pages, job), 100_000, 1_500_000);
        Assert.InRange(Resident(berth) - before, long.MinValue, Growth);
    }

    private static async Task Send(HttpClient client, long job, string token, byte[] part, int from, int to)
    {
        for (var i = from; i < to; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Patch, $"/api/v4/jobs/{job}/trace") { Content = new ByteArrayContent(part) };
            request.Headers.Add("JOB-TOKEN", token);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("text/plain");
            request.Content.Headers.TryAddWithoutValidation("Content-Range", string.Create(CultureInfo.InvariantCulture, $"{(long)i * part.Length}-{((long)i + 1) * part.Length - 1}"));
            using var reply = await client.SendAsync(request, Cancel);
            reply.EnsureSuccessStatusCode();
        }
    }

    /// <summary>The size of the job's page.</summary>
    private static Task<long> Measure(HttpClient pages, long job) => Drain(pages, $"/root/app/-/jobs/{job}");

    private static async Task<long> Drain(HttpClient client, string path)
    {
        using var reply = await client.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, Cancel);
        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
        await using var body = await reply.Content.ReadAsStreamAsync(Cancel);
        var (buffer, total) = (new byte[64 * 1024], 0L);
        for (int read; (read = await body.ReadAsync(buffer, Cancel)) > 0; total += read)
        {
        }
        return total;
    }

    private static long Resident(BerthProgram berth)
    {
        using var process = Process.GetProcessById(berth.ProcessId);
        return process.WorkingSet64;
    }

    private static async Task<HttpClient> SignIn(BerthProgram berth)
    {
        var client = new HttpClient(new SocketsHttpHandler { CookieContainer = new CookieContainer() }) { BaseAddress = new Uri(berth.Url) };
        var html = await client.GetStringAsync("/users/sign_in", Cancel);
        const string Field = "name=\"form_token\" value=\"";
        var start = html.IndexOf(Field, StringComparison.Ordinal) + Field.Length;
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["form_token"] = WebUtility.HtmlDecode(html[start..html.IndexOf('"', start)]),
            ["username"] = "root",
            ["password"] = BerthProgram.RootPassword,
        });
        using var reply = await client.PostAsync("/users/sign_in", form, Cancel);
        reply.EnsureSuccessStatusCode();
        return client;
    }

    private static async Task<(long Job, string Token)> NewJob(BerthProgram berth, HttpClient client)
    {
        var code = Directory.CreateTempSubdirectory("berth-code-");
        try
        {
            await File.WriteAllTextAsync(Path.Combine(code.FullName, ".gitlab-ci.yml"), "build:\n  script: [make]\n", Cancel);
            var remote = $"{berth.Url.Replace("://", $"://root:{BerthProgram.RootToken}@", StringComparison.Ordinal)}/root/app.git";
            foreach (var arguments in (string[][])[["init", "--quiet", "--initial-branch=main"], ["add", "--all"], ["-c", "user.name=Ada", "-c", "user.email=ada@example.com", "commit", "--quiet", "--message", "Build it"], ["push", "--quiet", remote, "main"]])
                (await Command.Run("git", ["-C", code.FullName, .. arguments])).Succeeded();
        }
        finally
        {
            code.Delete(recursive: true);
        }
        using var made = await client.PostAsJsonAsync("/api/v4/user/runners", new { runner_type = "instance_type", run_untagged = true }, Cancel);
        var runner = (await made.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("token").GetString();
        while (true)
        {
            using var reply = await client.PostAsJsonAsync("/api/v4/jobs/request", new { token = runner, info = new { name = "gitlab-runner", version = "17.0.0", features = new { } } }, Cancel);
            reply.EnsureSuccessStatusCode();
            if (reply.StatusCode == HttpStatusCode.Created)
            {
                var job = await reply.Content.ReadFromJsonAsync<JsonElement>(Cancel);
                return (job.GetProperty("id").GetInt64(), job.GetProperty("token").GetString()!);
            }
        }
    }
}

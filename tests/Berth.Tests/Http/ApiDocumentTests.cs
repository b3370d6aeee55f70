using System.Net;
using System.Text.Encodings.Web;
using System.Text.Json;
using Berth.Tests.Harness;

namespace Berth.Tests.Http;

/// <summary>The OpenAPI document and its page. The document stands in docs/openapi.json.</summary>
public sealed class ApiDocumentTests(TestServer server)
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Fact]
    public async Task Document_is_the_one_in_the_snapshot()
    {
        var document = await Document();
        document.Remove("servers");
        Snapshot.Matches("docs/openapi.json", JsonSerializer.Serialize(document, Readable) + "\n");
    }

    [Fact]
    public async Task Every_call_says_what_it_does()
    {
        var calls = (await Document())["paths"].EnumerateObject().SelectMany(path => path.Value.EnumerateObject(), (path, call) => (Name: $"{call.Name} {path.Name}", call.Value)).ToList();
        Assert.InRange(calls.Count, 100, 1000);
        Assert.All(calls, call => Assert.True(call.Value.TryGetProperty("summary", out _), $"{call.Name} has no summary: give its route one by WithSummary"));
    }

    /// <summary>That the answers are so is held by <see cref="ApiContract"/>.</summary>
    [Fact]
    public async Task Every_call_says_what_it_answers()
    {
        var calls = (await Document())["paths"].EnumerateObject().SelectMany(path => path.Value.EnumerateObject(), (path, call) => (Name: $"{call.Name} {path.Name}", call.Value));
        Assert.All(calls, call => Assert.True(call.Value.GetProperty("responses").EnumerateObject().Any(answer => answer.Name is "202" or "204" or "501" || (answer.Name is "200" or "201" && answer.Value.TryGetProperty("content", out _))),
            $"{call.Name} does not say what it answers: give its route the type and status by Produces"));
    }

    [Fact]
    public async Task Page_loads_its_script_from_here_in_either_coding()
    {
        using var page = await server.Send(HttpMethod.Get, "/-/api");
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Contains("script-src 'self'", page.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        var html = await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        foreach (var script in html.Split("<script src=\"").Skip(1).Select(rest => rest.Split('"')[0]))
        {
            using var plain = await server.Send(HttpMethod.Get, script);
            Assert.Equal("text/javascript", plain.Content.Headers.ContentType!.MediaType);
            Assert.Contains("Scalar", await plain.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }
        using var packed = await server.Send(HttpMethod.Get, "/-/api/scalar.js", with: request => request.Headers.TryAddWithoutValidation("Accept-Encoding", "gzip"));
        Assert.Equal("gzip", packed.Content.Headers.ContentEncoding.Single());
    }

    private async Task<Dictionary<string, JsonElement>> Document()
    {
        using var reply = await server.Send(HttpMethod.Get, "/api/v4/openapi.json");
        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
        return JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
    }
}

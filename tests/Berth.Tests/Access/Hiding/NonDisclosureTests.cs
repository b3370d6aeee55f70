using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.RegularExpressions;
using Berth.Server.Access;
using Berth.Tests.Harness;
using Berth.Tests.Web;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Berth.Tests.Access.Hiding;

/// <summary>
/// Whatever address names what is another's: the answer is that for what does not exist, to the byte, and costs the database as many
/// questions. On every route of the server, for every kind of caller.
/// </summary>
public sealed class NonDisclosureTests : IAsyncLifetime
{
    /// <summary>Work in the background may ask in between; a difference that stays is one.</summary>
    private const int Tries = 5;

    private readonly TestServer _server = new() { CountsQueries = !TestDatabase.IsPostgres };
    private readonly List<Caller> _callers = [];
    private readonly List<string> _leaks = [];
    private int _questions;
    private (string Name, string Value)[] _formFields = [];
    private Tenant _theirs = null!;
    private Tenant _missing = null!;
    private Tenant _own = null!;

    public async ValueTask InitializeAsync()
    {
        await _server.InitializeAsync();
        _theirs = await Tenant.Make(_server);
        _missing = _theirs.Missing();
        _own = await Tenant.Make(_server);
        using var browser = await Browser.SignedIn(_server, _own.Owner);
        var session = string.Join("; ", browser.Cookies.GetAllCookies().Select(cookie => $"{cookie.Name}={cookie.Value}"));
        _formFields = Browser.Hidden(await browser.Page("/"));
        Assert.NotEmpty(_formFields);
        var blocked = await _server.NewUser();
        await _server.Database.Write(transaction =>
        {
            transaction.Execute("update users set state = 2 where id = @id", new { id = blocked.Id });
            transaction.Execute(AccessQueries.BumpRights);
        });
        var bearer = await _server.RegistryToken(_own.Owner.Basic, [.. new[] { _theirs, _missing, _own }.Select(tenant => $"repository:{tenant["image"]}:pull,push,delete")]);
        _callers.Add(new("an anonymous client", _ => { }));
        _callers.Add(new("a stranger with a personal token", request => Basic(request, _own.Owner.Basic)));
        _callers.Add(new("a stranger with a registry token", request => request.Headers.Authorization = new("Bearer", bearer), "/v2"));
        _callers.Add(new("a stranger's deploy token", request => Basic(request, _own["deploy secret"])));
        _callers.Add(new("a stranger's job", request => Job(request, _own["job's secret"])));
        _callers.Add(new("the bot of another project", request => Basic(request, "x:" + _own["bot's secret"])));
        _callers.Add(new("a blocked user", request => Basic(request, blocked.Basic)));
        _callers.Add(new("a stranger who signed in", request => request.Headers.Add("Cookie", session), "/"));
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task What_is_another_s_is_answered_on_every_route_as_what_does_not_exist()
    {
        var routes = _server.Services.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .Where(route => route.Metadata.GetMetadata<AccessRule>() is not AccessRule.AdminSocket).DistinctBy(route => route.DisplayName).ToList();
        Assert.True(routes.Count > 100);
        foreach (var route in routes)
        {
            foreach (var outer in Enum.GetValues<RouteAddresses.Outer>())
            {
                foreach (var byTag in new[] { false, true })
                {
                    if (RouteAddresses.Of(route, outer, byTag) is not { } address || (byTag && !route.RoutePattern.RawText!.Contains("{reference}", StringComparison.Ordinal)))
                        continue;
                    foreach (var method in route.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods)
                        await Compare(new HttpMethod(method), tenant => address(tenant, _own) + Query(route, method, tenant), _ => Body(route, method));
                }
            }
        }
        AssertNothingTold();
    }

    [Fact]
    public async Task What_a_query_or_a_body_names_of_another_s_is_answered_as_what_does_not_exist()
    {
        await Ask(HttpMethod.Get, tenant => $"/jwt/auth?service=container_registry&scope=repository:{tenant["image"]}:pull,push,delete");
        await Ask(HttpMethod.Get, tenant => $"/v2/_catalog?n=5&last={tenant["image"][..^1]}");
        await Ask(HttpMethod.Post, tenant => $"/v2/{_own["image"]}/blobs/uploads/?mount={tenant["blob"]}&from={tenant["image"]}");
        await Ask(HttpMethod.Post, tenant => $"/v2/{_own["image"]}/blobs/uploads/?mount={tenant["blob"]}");
        await Ask(HttpMethod.Get, tenant => $"/api/v4/projects?search={tenant["group path"]}&search_namespaces=true");
        await Ask(HttpMethod.Get, tenant => $"/api/v4/groups?search={tenant["group path"]}");
        await Ask(HttpMethod.Get, tenant => $"/api/v4/personal_access_tokens?user_id={tenant["user"]}");
        await Ask(HttpMethod.Get, tenant => $"/api/v4/projects/{_own["project"]}/registry/access?action=pull&as={tenant["username"]}");
        await Ask(HttpMethod.Get, tenant => $"/api/v4/projects/{_own["project"]}/registry/access?action=pull&as=pat:{tenant["pat"]}");
        await Ask(HttpMethod.Get, tenant => $"/api/v4/projects/{_own["project"]}/registry/access?action=pull&as=deploy:{tenant["deploy token of project"]}");
        await Ask(HttpMethod.Post, _ => "/api/v4/projects", tenant => new { path = "p", namespace_id = long.Parse(tenant["group"]) });
        await Ask(HttpMethod.Post, _ => "/api/v4/groups", tenant => new { name = "n", path = "g", parent_id = long.Parse(tenant["group"]) });
        await Ask(HttpMethod.Post, _ => "/api/v4/user/runners", tenant => new { runner_type = "project_type", project_id = long.Parse(tenant["project"]) });
        await Ask(HttpMethod.Post, _ => $"/api/v4/projects/{_own["project"]}/job_token_scope/allowlist", tenant => new { target_project_id = long.Parse(tenant["project"]) });
        await Ask(HttpMethod.Post, _ => $"/api/v4/projects/{_own["project"]}/members", tenant => new { user_id = long.Parse(tenant["bot"]), access_level = 30 });
        AssertNothingTold();
    }

    private void AssertNothingTold()
    {
        Assert.True(_questions > 0 || !_server.CountsQueries, "No question to the database was counted.");
        Assert.True(_leaks.Count == 0, $"{_leaks.Count} answers tell what is another's:\n{string.Join('\n', _leaks)}");
    }

    private Task Ask(HttpMethod method, Func<Tenant, string> address, Func<Tenant, object>? body = null) =>
        Compare(method, address, tenant => body is null ? null : JsonContent.Create(body(tenant)));

    private async Task Compare(HttpMethod method, Func<Tenant, string> address, Func<Tenant, HttpContent?> body)
    {
        foreach (var caller in _callers.Where(caller => address(_theirs).StartsWith(caller.Below, StringComparison.Ordinal)))
        {
            var difference = "";
            for (var tried = 0; tried < Tries; tried++)
            {
                // What one request leaves in a cache must not tell of the next.
                await Answer(caller, method, address(_missing), body(_missing));
                var missing = await Answer(caller, method, address(_missing), body(_missing));
                var theirs = await Answer(caller, method, address(_theirs), body(_theirs));
                _questions += theirs.Asked.Count;
                difference = missing.Text != theirs.Text ? $"{theirs.Text}\n    but of what does not exist:\n{missing.Text}"
                    : missing.Asked.Count != theirs.Asked.Count ? $"the database is asked\n{List(theirs.Asked)}\n    but of what does not exist\n{List(missing.Asked)}" : "";
                if (difference.Length == 0)
                    break;
            }
            if (difference.Length > 0)
                _leaks.Add($"{caller.Name}: {method} {address(_theirs)}\n    {difference}");
        }
    }

    private static string List(IEnumerable<string> asked) => string.Join('\n', asked.Select(each => "      " + each.ReplaceLineEndings(" ")));

    private async Task<(string Text, IReadOnlyCollection<string> Asked)> Answer(Caller caller, HttpMethod method, string address, HttpContent? body)
    {
        var trace = ActivityTraceId.CreateRandom();
        using var reply = await _server.Send(method, address, body, with: request =>
        {
            caller.Present(request);
            request.Headers.Add("traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom()}-00");
        });
        var text = new StringBuilder($"    {(int)reply.StatusCode}\n");
        foreach (var header in reply.Headers.Concat(reply.Content.Headers).Where(header => header.Key is not ("Date" or "Content-Length")).OrderBy(header => header.Key, StringComparer.Ordinal))
            text.Append($"    {header.Key}: {string.Join(", ", header.Value)}\n");
        text.Append($"    {await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)}");
        return (Masked(text), _server.CountsQueries ? _server.AskedUnder(trace) : []);
    }

    /// <summary>Without what was named itself, and what is another by chance.</summary>
    private string Masked(StringBuilder text)
    {
        foreach (var kind in new[] { "image", "group path", "digest", "blob", "upload", "tag", "username" })
        {
            foreach (var tenant in new[] { _theirs, _missing })
                text.Replace(tenant[kind], $"<{kind}>").Replace(Uri.EscapeDataString(tenant[kind]), $"<{kind}>");
        }
        return Chance.Replace(text.ToString(), "<by chance>");
    }

    /// <summary>Sessions of uploads, tokens with their time, times, and what was asked where it comes back.</summary>
    private static readonly Regex Chance = new("""(?<=blobs/uploads/)[^\s"]+|(?<=return_to=)\S+|(?<="as":)"[^"]*"|(?<=Docker-Upload-UUID: )\S+|eyJ[\w.-]+|\d{4}-\d\d-\d\dT[\d:.]+Z""");

    private static string Query(RouteEndpoint route, string method, Tenant tenant) => route.RoutePattern.RawText switch
    {
        "/v2/{name}/blobs/uploads/{id}" when method == "PUT" => "?digest=" + tenant["digest"],
        "/{project}.git/info/refs" or "/{project}/info/refs" => "?service=git-upload-pack",
        _ => "",
    };

    private HttpContent? Body(RouteEndpoint route, string method)
    {
        if (method is not ("POST" or "PUT" or "PATCH"))
            return null;
        var path = route.RoutePattern.RawText!;
        if (path.StartsWith("/api/", StringComparison.Ordinal))
            return JsonContent.Create(new { state = "running", value = "v", name = "n", scopes = new[] { "read_registry" }, access_level = 10 });
        if (route.Metadata.GetMetadata<AccessRule>() is { IsPage: true })
            return new FormUrlEncodedContent(_formFields.Select(field => new KeyValuePair<string, string>(field.Name, field.Value)));
        var content = new ByteArrayContent("{}"u8.ToArray());
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(path.Contains("manifests", StringComparison.Ordinal) ? RegistryClient.OciManifest
            : path.Contains(".git/", StringComparison.Ordinal) ? $"application/x-{path[(path.LastIndexOf('/') + 1)..]}-request"
            : "application/octet-stream");
        return content;
    }

    private static void Basic(HttpRequestMessage request, string basic) =>
        request.Headers.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(basic)));

    private static void Job(HttpRequestMessage request, string basic)
    {
        Basic(request, basic);
        if (request.RequestUri!.AbsolutePath.StartsWith("/api/v4/job", StringComparison.Ordinal))
            request.Headers.Add("JOB-TOKEN", basic[(basic.IndexOf(':', StringComparison.Ordinal) + 1)..]);
    }

    /// <param name="Name">For the words of a failure.</param>
    /// <param name="Present">Puts the credential into a request.</param>
    /// <param name="Below">Where alone it means something.</param>
    private sealed record Caller(string Name, Action<HttpRequestMessage> Present, string Below = "/");
}

using System.Net;
using System.Text.RegularExpressions;
using Berth.Server.Access;
using Berth.Tests.Access.Hiding;
using Berth.Tests.Groups;
using Berth.Tests.Harness;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Berth.Tests.Web;

/// <summary>What holds on every page and every form of pages, tried on all routes that there are.</summary>
public sealed partial class PageProtectionTests(TestServer server)
{
    private const string SignIn = "/users/sign_in";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_form_is_refused_without_the_token_of_its_session_and_from_other_sites()
    {
        using var callers = await Callers.SignIn(server);
        using var other = await Browser.SignedIn(server, await server.NewUser());
        var foreign = Browser.Hidden(await other.Page("/"));
        var wrong = new List<string>();
        var forms = Routes("POST", callers).ToList();
        Assert.True(forms.Count > 25, $"Only {forms.Count} forms were found.");
        foreach (var (address, browser) in forms)
        {
            var ours = Browser.Hidden(await browser.Page("/"));
            await Try("no token", []);
            await Try("an empty token", [("form_token", "")]);
            await Try("the token of another session", foreign);
            await Try("another site's origin", ours, request => request.Headers.Add("Origin", "https://evil.example"));
            await Try("no origin that is told", ours, request => request.Headers.Add("Origin", "null"));
            await Try("another site, as the browser says", ours, request => request.Headers.Add("Sec-Fetch-Site", "cross-site"));

            async Task Try(string how, (string, string)[] fields, Action<HttpRequestMessage>? with = null)
            {
                using var reply = await browser.Post(address, fields, with);
                if (reply.StatusCode != HttpStatusCode.Forbidden)
                    wrong.Add($"{address} with {how}: {(int)reply.StatusCode}");
            }
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Fact]
    public async Task Every_page_forbids_frames_scripts_and_styles_that_are_not_ours_and_has_none_in_its_text()
    {
        using var callers = await Callers.SignIn(server);
        var wrong = new List<string>();
        var pages = 0;
        foreach (var (address, browser) in Routes("GET", callers))
        {
            using var reply = await browser.Get(address);
            if (reply.Content.Headers.ContentType?.MediaType != "text/html")
            {
                Check(address, "nosniff", reply, reply.StatusCode == HttpStatusCode.Redirect || Header(reply, "X-Content-Type-Options") == "nosniff");
                continue;
            }
            pages++;
            var policy = Header(reply, "Content-Security-Policy");
            Check(address, "default-src", reply, policy.Contains("default-src 'none'", StringComparison.Ordinal));
            Check(address, "frame-ancestors", reply, policy.Contains("frame-ancestors 'none'", StringComparison.Ordinal));
            Check(address, "base-uri, form-action", reply, policy.Contains("base-uri 'none'", StringComparison.Ordinal) && policy.Contains("form-action 'self'", StringComparison.Ordinal));
            Check(address, "unsafe", reply, !policy.Contains("unsafe", StringComparison.Ordinal) && !policy.Contains('*', StringComparison.Ordinal) && !policy.Contains("data:", StringComparison.Ordinal));
            Check(address, "X-Frame-Options", reply, Header(reply, "X-Frame-Options") == "DENY");
            Check(address, "nosniff", reply, Header(reply, "X-Content-Type-Options") == "nosniff");
            Check(address, "no-store", reply, Header(reply, "Cache-Control").Contains("no-store", StringComparison.Ordinal));
            Check(address, "Referrer-Policy", reply, Header(reply, "Referrer-Policy") == "same-origin");
            var html = await reply.Content.ReadAsStringAsync(Cancel);
            if (Inline().Match(html) is { Success: true } inline)
                wrong.Add($"{address}: {inline.Value}");
        }
        Assert.True(pages > 20, $"Only {pages} pages were found.");
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));

        void Check(string address, string what, HttpResponseMessage reply, bool holds)
        {
            if (!holds)
                wrong.Add($"{address} ({(int)reply.StatusCode}): {what}");
        }
    }

    [Fact]
    public async Task A_session_that_someone_else_put_into_the_browser_is_not_the_one_it_signs_in_with()
    {
        var user = await server.NewUser();
        using var attacker = await Browser.SignedIn(server, await server.NewUser());
        var known = attacker.Cookie("berth_session")!;
        foreach (var planted in (string[])[known, "chosen-by-someone-else-0123456789-0123456789"])
        {
            using var victim = new Browser(server);
            victim.Cookies.Add(new Uri(server.Url), new Cookie("berth_session", planted));
            using var reply = await victim.SignIn(user.Name, user.Password);
            Assert.Equal(HttpStatusCode.SeeOther, reply.StatusCode);
            Assert.NotEqual(planted, victim.Cookie("berth_session"));
            using var thief = new Browser(server);
            thief.Cookies.Add(new Uri(server.Url), new Cookie("berth_session", planted));
            using var refused = await thief.Get("/");
            Assert.Equal(HttpStatusCode.Redirect, refused.StatusCode);
        }
    }

    [Theory]
    [InlineData("//evil.example/")]
    [InlineData("///evil.example/")]
    [InlineData("/\\evil.example/")]
    [InlineData("\\\\evil.example/")]
    [InlineData("/\t/evil.example/")]
    [InlineData("/\n/evil.example/")]
    [InlineData("\t//evil.example/")]
    [InlineData(" //evil.example/")]
    [InlineData("/\0/evil.example/")]
    [InlineData("https:evil.example/")]
    [InlineData("https:/evil.example/")]
    [InlineData("evil.example")]
    [InlineData("@evil.example")]
    [InlineData("javascript:alert(1)")]
    [InlineData("java\nscript:alert(1)")]
    [InlineData("data:text/html,x")]
    [InlineData("/a\r\nLocation: https://evil.example/")]
    public async Task What_is_no_path_of_ours_leads_home_after_signing_in(string returnTo)
    {
        var user = await server.SharedUser();
        using var browser = new Browser(server);
        using var reply = await browser.SignIn(user.Name, user.Password, returnTo);
        Assert.Equal("/", reply.Headers.Location!.OriginalString);
        using var pressed = await browser.Get(SignIn + "?return_to=" + Uri.EscapeDataString(returnTo));
        Assert.DoesNotContain("evil.example", await pressed.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/%2f%2fevil.example/")]
    [InlineData("/%2fevil.example/")]
    [InlineData("/%5cevil.example/")]
    [InlineData("/.//evil.example/")]
    [InlineData("/@evil.example/")]
    [InlineData("/?to=//evil.example/")]
    public async Task A_strange_path_of_ours_stays_on_this_server(string returnTo)
    {
        var user = await server.SharedUser();
        using var browser = new Browser(server);
        using var reply = await browser.SignIn(user.Name, user.Password, returnTo);
        Assert.Equal(new Uri(server.Url).Authority, new Uri(new Uri(server.Url), reply.Headers.Location!.OriginalString).Authority);
        // And the page there, or the lack of one, sends nobody on.
        using var next = await browser.Get(reply.Headers.Location.OriginalString);
        Assert.Equal(new Uri(server.Url).Authority, new Uri(new Uri(server.Url), next.Headers.Location?.OriginalString ?? "/").Authority);
    }

    [Theory]
    [InlineData("//evil.example/")]
    [InlineData("//evil.example/%2e%2e")]
    [InlineData("/%5c%5cevil.example")]
    public async Task An_address_that_looks_like_another_site_leads_to_none(string target)
    {
        foreach (var method in (string[])["GET", "HEAD"])
        {
            using var raw = await RawHttp.Connect(server);
            await raw.Send($"{method} {target} HTTP/1.1\nHost: {new Uri(server.Url).Authority}\nAccept: text/html");
            var reply = await raw.Receive();
            Assert.Equal(new Uri(server.Url).Authority, new Uri(new Uri(server.Url), reply.Header("Location") ?? "/").Authority);
        }
    }

    [Fact]
    public async Task Behind_https_every_cookie_is_of_this_host_alone_and_goes_over_https_alone()
    {
        await using var own = new TestServer { ExternalUrl = new Uri("https://berth.example") };
        await own.InitializeAsync();
        using var page = await own.Send(HttpMethod.Get, SignIn);
        var given = Assert.Single(page.Headers.GetValues("Set-Cookie"));
        Assert.StartsWith("__Host-berth_sign_in=", given, StringComparison.Ordinal);
        AssertFlags(given);
        var fields = Browser.Hidden(await page.Content.ReadAsStringAsync(Cancel)).Append(("username", "root")).Append(("password", TestServer.RootPassword));
        using var form = new FormUrlEncodedContent(fields.Select(field => new KeyValuePair<string, string>(field.Item1, field.Item2)));
        using var reply = await own.Send(HttpMethod.Post, SignIn, form, with: request => request.Headers.Add("Cookie", given.Split(';')[0]));
        Assert.Equal(HttpStatusCode.SeeOther, reply.StatusCode);
        var session = Assert.Single(reply.Headers.GetValues("Set-Cookie"), cookie => cookie.StartsWith("__Host-berth_session=", StringComparison.Ordinal));
        Assert.All(reply.Headers.GetValues("Set-Cookie"), AssertFlags);
        // The name without the prefix, which any neighbour could set, is not taken for it.
        using var unprefixed = await own.Send(HttpMethod.Get, "/", with: request => request.Headers.Add("Cookie", session.Split(';')[0]["__Host-".Length..]));
        Assert.Equal(HttpStatusCode.Redirect, unprefixed.StatusCode);
        using var home = await own.Send(HttpMethod.Get, "/", with: request => request.Headers.Add("Cookie", session.Split(';')[0]));
        Assert.Equal(HttpStatusCode.OK, home.StatusCode);
    }

    private static void AssertFlags(string cookie)
    {
        var flags = cookie.Split("; ")[1..];
        foreach (var flag in (string[])["secure", "httponly", "samesite=lax", "path=/"])
            Assert.Contains(flag, flags);
        Assert.DoesNotContain(flags, flag => flag.StartsWith("domain", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task A_password_changed_over_the_API_ends_all_sessions()
    {
        var user = await server.NewUser();
        using var browser = await Browser.SignedIn(server, user);
        await browser.Page("/");
        using var content = System.Net.Http.Json.JsonContent.Create(new { current_password = user.Password, password = "another long password" });
        using (var changed = await server.Send(HttpMethod.Put, "/api/v4/user/password", content, basic: $"{user.Name}:{user.Password}"))
            Assert.True(changed.IsSuccessStatusCode, $"{(int)changed.StatusCode}");
        using var ended = await browser.Get("/");
        Assert.Equal(HttpStatusCode.Redirect, ended.StatusCode);
    }

    /// <summary>The addresses of the tenant's pages that take a method, each with who may use it.</summary>
    private IEnumerable<(string Address, Browser Browser)> Routes(string method, Callers callers)
    {
        foreach (var route in server.Services.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>())
        {
            if (route.Metadata.GetMetadata<AccessRule>() is not { } rule || route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Contains(method) != true)
                continue;
            var pattern = route.RoutePattern.RawText!;
            if (!rule.IsPage && pattern != SignIn)
                continue;
            // It follows the log for as long as one looks.
            if (pattern.EndsWith("/log", StringComparison.Ordinal))
                continue;
            var address = RouteAddresses.Of(route, RouteAddresses.Outer.Path, byTag: true)?.Invoke(callers.Tenant, callers.Tenant) ?? pattern;
            // What is deleted has no path any more.
            if (pattern.StartsWith("/-/deleted_projects/{id:long}", StringComparison.Ordinal))
                address = pattern.Replace("{id:long}", $"{callers.Deleted}", StringComparison.Ordinal);
            // Names are part of the path here, not one escaped segment as in the API.
            address = address.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
            yield return (address, rule is AccessRule.Page { Admin: true } || pattern == SignIn ? callers.Root : callers.Owner);
        }
    }

    private static string Header(HttpResponseMessage reply, string name) =>
        reply.Headers.TryGetValues(name, out var values) || reply.Content.Headers.TryGetValues(name, out values) ? string.Join(", ", values) : "";

    /// <summary>A tenant with one of each thing, a project that was deleted, its owner, and an administrator.</summary>
    private sealed record Callers(Tenant Tenant, long Deleted, Browser Owner, Browser Root) : IDisposable
    {
        public static async Task<Callers> SignIn(TestServer server)
        {
            var tenant = await Tenant.Make(server);
            var deleted = await Api.NewProject(server, tenant.Owner, long.Parse(tenant["group"], System.Globalization.CultureInfo.InvariantCulture), "deleted");
            using var gone = await server.Send(HttpMethod.Delete, $"/api/v4/projects/{deleted}", token: tenant.Owner.Token);
            Assert.Equal(HttpStatusCode.Accepted, gone.StatusCode);
            var root = new Browser(server);
            using var reply = await root.SignIn("root", TestServer.RootPassword);
            Assert.Equal(HttpStatusCode.SeeOther, reply.StatusCode);
            return new Callers(tenant, deleted, await Browser.SignedIn(server, tenant.Owner), root);
        }

        public void Dispose()
        {
            Owner.Dispose();
            Root.Dispose();
        }
    }

    /// <summary>What the policy would refuse, in markup: attributes of style and events, and scripts and styles with a text of their own.</summary>
    [GeneratedRegex("""<[a-z][^<>]*\s(style|on[a-z]+)\s*=[^<>]*>|<style[\s>]|<script(?![^>]*\ssrc=)[^>]*>|(href|src|action)="javascript:[^"]*""", RegexOptions.IgnoreCase)]
    private static partial Regex Inline();
}

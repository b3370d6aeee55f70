using System.Net;
using System.Text.RegularExpressions;
using Berth.Tests.Harness;

namespace Berth.Tests.Web;

/// <summary>What a browser does without script: keeps cookies, sends the forms of pages with all their fields, follows nothing by itself.</summary>
internal sealed partial class Browser : IDisposable
{
    private readonly TestServer _server;
    private readonly HttpClient _client;

    public Browser(TestServer server)
    {
        _server = server;
        _client = new HttpClient(new SocketsHttpHandler { CookieContainer = Cookies, AllowAutoRedirect = false, UseProxy = false }) { BaseAddress = new Uri(server.Url) };
        _client.DefaultRequestHeaders.Accept.ParseAdd("text/html");
    }

    public CookieContainer Cookies { get; } = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<Browser> SignedIn(TestServer server, TestUser user)
    {
        var browser = new Browser(server);
        using var reply = await browser.SignIn(user.Name, user.Password);
        Assert.Equal(HttpStatusCode.SeeOther, reply.StatusCode);
        return browser;
    }

    public async Task<HttpResponseMessage> SignIn(string username, string password, string? returnTo = null)
    {
        var page = await Page("/users/sign_in" + (returnTo is null ? "" : "?return_to=" + Uri.EscapeDataString(returnTo)));
        return await Post("/users/sign_in", [.. Hidden(page), ("username", username), ("password", password)]);
    }

    public Task<HttpResponseMessage> Get(string path) => _client.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, Cancel);

    /// <summary>The HTML at a path; fails the test unless the status is as expected.</summary>
    public async Task<string> Page(string path, HttpStatusCode status = HttpStatusCode.OK)
    {
        using var reply = await Get(path);
        var html = await reply.Content.ReadAsStringAsync(Cancel);
        Assert.True(status == reply.StatusCode, $"{path}: {(int)reply.StatusCode} {html}");
        Assert.Equal("text/html", reply.Content.Headers.ContentType?.MediaType);
        return html;
    }

    /// <summary>Presses the button of the form with this action on a page.</summary>
    public async Task<HttpResponseMessage> Press(string page, string action, params (string Name, string Value)[] typed) => await PressOn(await Page(page), action, typed);

    /// <summary>Presses the button of the last form with this action in a page's HTML, with what was typed into it.</summary>
    public Task<HttpResponseMessage> PressOn(string html, string action, params (string Name, string Value)[] typed)
    {
        var start = html.LastIndexOf($"action=\"{action}\"", StringComparison.Ordinal);
        Assert.True(start >= 0, $"no form to {action} in {html}");
        return Post(action, [.. Hidden(html[start..html.IndexOf("</form>", start, StringComparison.Ordinal)]), .. typed]);
    }

    /// <summary>Sends a form of a page with some fields beside its hidden ones.</summary>
    public async Task<HttpResponseMessage> Fill(string page, string action, params (string Name, string Value)[] fields) => await Post(action, [.. Hidden(await Page(page)), .. fields]);

    /// <summary>Sends a form that is refused, and what the page that comes back says beside a field.</summary>
    public async Task Refused(string page, string action, string field, string words, params (string Name, string Value)[] fields)
    {
        using var reply = await Fill(page, action, fields);
        var html = await reply.Content.ReadAsStringAsync(Cancel);
        Assert.True(reply.StatusCode == HttpStatusCode.UnprocessableEntity, $"{(int)reply.StatusCode} {html}");
        Assert.Matches($"id=\"field-{field}-error\">[^<]*{words}", html);
    }

    public async Task<HttpResponseMessage> Post(string path, (string Name, string Value)[] fields, Action<HttpRequestMessage>? with = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new FormUrlEncodedContent(fields.Select(field => new KeyValuePair<string, string>(field.Name, field.Value))),
        };
        with?.Invoke(request);
        return await _client.SendAsync(request, Cancel);
    }

    /// <summary>A cookie's value; null if there is none.</summary>
    public string? Cookie(string name) => Cookies.GetCookies(new Uri(_server.Url))[name]?.Value;

    /// <summary>The hidden fields of a page's forms, what several have once.</summary>
    public static (string Name, string Value)[] Hidden(string html) =>
        [.. HiddenField().Matches(html).Select(match => (match.Groups[1].Value, WebUtility.HtmlDecode(match.Groups[2].Value))).Distinct()];

    /// <summary>Where the list of a page goes on; null at its end.</summary>
    public static string? Next(string html) => NextLink().Match(html) is { Success: true } link ? WebUtility.HtmlDecode(link.Groups[1].Value) : null;

    public void Dispose() => _client.Dispose();

    [GeneratedRegex("<a href=\"([^\"]*)\" rel=\"next\"")]
    private static partial Regex NextLink();

    [GeneratedRegex("<input type=\"hidden\" name=\"([^\"]*)\" value=\"([^\"]*)\"")]
    private static partial Regex HiddenField();
}

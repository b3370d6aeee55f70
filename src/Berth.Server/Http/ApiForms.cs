using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Metadata;

namespace Berth.Server.Http;

/// <summary>
/// Lets the REST API be called as GitLab's documentation does with curl: <c>--data</c>, <c>--form</c>, or parameters in the address of a
/// call without a body. What such a call brings becomes the JSON that the endpoint takes, with names as Rack reads them:
/// <c>a[]</c> is a list, <c>a[b]</c> an object, <c>a[][b]</c> a list of objects.
/// </summary>
internal static class ApiForms
{
    private const string Json = "application/json";

    /// <summary>Objects and lists within each other.</summary>
    private const int MaxDepth = 5;

    /// <summary>Before routing, which would refuse a form where JSON is taken.</summary>
    public static Task SetAside(HttpContext context, RequestDelegate next)
    {
        var request = context.Request;
        if (request.HasFormContentType && IsApi(request))
        {
            context.Features.Set(new FormType(request.ContentType!));
            request.ContentType = Json;
        }
        return next(context);
    }

    /// <summary>After the authoriser: nobody else's body is read.</summary>
    public static Task Middleware(HttpContext context, RequestDelegate next) => IsApi(context.Request) ? ReadParameters(context, next) : next(context);

    private static bool IsApi(HttpRequest request) => request.Path.StartsWithSegments("/api/v4", StringComparison.Ordinal);

    private static async Task ReadParameters(HttpContext context, RequestDelegate next)
    {
        var request = context.Request;
        var form = context.Features.Get<FormType>();
        if (form is not null)
            request.ContentType = form.ContentType;
        if (context.GetEndpoint()?.Metadata.GetMetadata<IAcceptsMetadata>() is { } accepts && accepts.ContentTypes.Contains(Json))
        {
            if (form is not null)
                Replace(context, await ReadForm(context));
            else if (request.Query.Count > 0 && context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false })
                Replace(context, []);
        }
        await next(context);
    }

    private static async Task<IEnumerable<KeyValuePair<string, string?>>> ReadForm(HttpContext context)
    {
        var options = new FormOptions { ValueCountLimit = RequestLimits.MaxFormFields, MultipartBodyLengthLimit = RequestLimits.MaxBodyBytes };
        return Pairs(await context.Request.ReadFormAsync(options, context.RequestAborted));
    }

    private static IEnumerable<KeyValuePair<string, string?>> Pairs(IEnumerable<KeyValuePair<string, Microsoft.Extensions.Primitives.StringValues>> given) =>
        given.SelectMany(pair => pair.Value, (pair, value) => KeyValuePair.Create(pair.Key, value));

    /// <summary>The address's parameters count too; the body's win.</summary>
    private static void Replace(HttpContext context, IEnumerable<KeyValuePair<string, string?>> body)
    {
        var json = new JsonObject();
        foreach (var (name, value) in Pairs(context.Request.Query).Concat(body))
            Put(json, Segments(name), value);
        var bytes = JsonSerializer.SerializeToUtf8Bytes(json);
        context.Request.ContentType = Json;
        context.Request.ContentLength = bytes.Length;
        context.Request.Body = new MemoryStream(bytes, writable: false);
        context.Features.Set<IHttpRequestBodyDetectionFeature>(new HasBody());
    }

    /// <summary><c>a[b][]</c> as a, b and an empty text.</summary>
    private static string[] Segments(string name)
    {
        var open = name.IndexOf('[', StringComparison.Ordinal);
        if (open < 1 || name[^1] != ']')
            return [name];
        string[] segments = [name[..open], .. name[(open + 1)..^1].Split("][")];
        return segments.Length <= MaxDepth ? segments : throw new BadHttpRequestException($"the parameter '{segments[0]}' is nested too deep");
    }

    private static void Put(JsonObject json, ReadOnlySpan<string> name, string? value)
    {
        if (name.Length == 1)
        {
            json[name[0]] = value;
        }
        else if (name[1].Length > 0)
        {
            if (json[name[0]] is not JsonObject inner)
                json[name[0]] = inner = [];
            Put(inner, name[1..], value);
        }
        else
        {
            if (json[name[0]] is not JsonArray list)
                json[name[0]] = list = [];
            Add(list, name[2..], value);
        }
    }

    private static void Add(JsonArray list, ReadOnlySpan<string> name, string? value)
    {
        if (name.IsEmpty)
        {
            list.Add(value);
            return;
        }
        // A name that the last object has already begins the next one.
        if (list.LastOrDefault() is not JsonObject last || (name.Length == 1 && last.ContainsKey(name[0])))
            list.Add(last = []);
        Put(last, name, value);
    }

    private sealed record FormType(string ContentType);

    private sealed class HasBody : IHttpRequestBodyDetectionFeature
    {
        public bool CanHaveBody => true;
    }
}

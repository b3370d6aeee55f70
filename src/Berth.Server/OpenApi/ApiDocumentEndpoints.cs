using System.IO.Compression;
using Berth.Server.Access;
using Scalar.AspNetCore;

namespace Berth.Server.OpenApi;

/// <summary>/api/v4/openapi.json, and /-/api, a page to read it on.</summary>
internal static class ApiDocumentEndpoints
{
    private const string ScriptPath = "/-/api/scalar.js";

    /// <summary>Scalar writes its own style sheet into the page, and draws icons out of data.</summary>
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private const string Page = $"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>REST API · Berth</title>
        </head>
        <body>
            <noscript><p>This page needs JavaScript. The same as a document: <a href="/api/v4/openapi.json">/api/v4/openapi.json</a></p></noscript>
            <div id="reference"></div>
            <script src="{ScriptPath}"></script>
            <script src="/-/api/page.js"></script>
        </body>
        </html>
        """;

    private const string PageScript = "Scalar.createApiReference('#reference', { url: '/api/v4/openapi.json', withDefaultFonts: false, telemetry: false, hideClientButton: true, showDeveloperTools: 'never', agent: { disabled: true }, mcp: { disabled: true } });\n";

    public static void MapApiDocument(this IEndpointRouteBuilder routes)
    {
        var rule = new AccessRule.Open("what the API takes is no secret");
        routes.MapGet("/api/v4/openapi.json", Document).WithMetadata(rule).ExcludeFromDescription();
        routes.MapGet("/-/api", Show).WithMetadata(rule);
        routes.MapGet("/-/api/page.js", Start).WithMetadata(rule);
        routes.MapGet(ScriptPath, Script).WithMetadata(rule);
    }

    private static async Task<IResult> Document(ApiDocument document) => Results.Bytes(await document.Json, "application/json");

    private static IResult Show(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        return Results.Text(Page, "text/html; charset=utf-8");
    }

    private static IResult Start(HttpContext context)
    {
        context.Response.Headers.XContentTypeOptions = "nosniff";
        return Results.Text(PageScript, "text/javascript; charset=utf-8");
    }

    /// <summary>Out of Scalar's package, where it is gzip.</summary>
    private static async Task Script(HttpContext context)
    {
        await using var packed = typeof(ScalarOptions).Assembly.GetManifestResourceStream("ScalarStaticAssets.scalar.js")!;
        var (request, response) = (context.Request, context.Response);
        response.ContentType = "text/javascript; charset=utf-8";
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.Vary = "Accept-Encoding";
        response.Headers.CacheControl = "public, max-age=86400";
        if (request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.OrdinalIgnoreCase))
        {
            response.Headers.ContentEncoding = "gzip";
            response.ContentLength = packed.Length;
            await packed.CopyToAsync(response.Body, context.RequestAborted);
            return;
        }
        await using var plain = new GZipStream(packed, CompressionMode.Decompress);
        await plain.CopyToAsync(response.Body, context.RequestAborted);
    }
}

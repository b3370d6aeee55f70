using System.Collections.Frozen;
using System.Security.Cryptography;
using Berth.Server.Access;

namespace Berth.Server.Web;

/// <summary>/assets: the stylesheet, the script and the icon, out of the program itself. Their names carry their hash, so they are kept for a year.</summary>
internal static class AssetEndpoints
{
    private const string Prefix = "Berth.Server.Web.Assets.";

    private static readonly FrozenDictionary<string, Asset> ByName = typeof(AssetEndpoints).Assembly.GetManifestResourceNames()
        .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).Select(Read).ToFrozenDictionary(asset => asset.Name, StringComparer.Ordinal);

    /// <summary>The address of a file in Assets/.</summary>
    public static string Url(string name) => ByName[name].Url;

    public static void MapAssets(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/assets/{hash}/{name}", Get).WithMetadata(new AccessRule.Open("the same files for everyone"));

    private static IResult Get(string hash, string name, HttpContext context)
    {
        if (!ByName.TryGetValue(name, out var asset) || asset.Hash != hash)
            return Results.NotFound();
        context.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        return Results.Bytes(asset.Content, asset.ContentType);
    }

    private static Asset Read(string resource)
    {
        using var stream = typeof(AssetEndpoints).Assembly.GetManifestResourceStream(resource)!;
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        var name = resource[Prefix.Length..];
        var type = Path.GetExtension(name) switch
        {
            ".css" => "text/css; charset=utf-8",
            ".js" => "text/javascript; charset=utf-8",
            ".svg" => "image/svg+xml",
            var other => throw new InvalidOperationException($"No content type is known for {other}."),
        };
        return new Asset(name, Convert.ToHexStringLower(SHA256.HashData(content))[..16], type, content);
    }

    private sealed record Asset(string Name, string Hash, string ContentType, byte[] Content)
    {
        public string Url => $"/assets/{Hash}/{Name}";
    }
}

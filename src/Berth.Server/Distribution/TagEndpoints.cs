using System.Globalization;
using System.Text.Json;
using Berth.Server.Access;
using Berth.Server.Http;

namespace Berth.Server.Distribution;

/// <summary>/v2/NAME/tags/list (distribution-spec end-8).</summary>
internal static class TagEndpoints
{
    private const int MaxPage = RequestLimits.MaxRegistryPage;

    public static void MapTags(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v2/{name}/tags/list", List).WithMetadata(new AccessRule.Repository(RegistryActions.Pull));

    private static async Task List(RepositoryAccess access, HttpContext context, Tags tags)
    {
        var (query, response) = (context.Request.Query, context.Response);
        var page = long.MaxValue;
        if (query["n"].ToString() is { Length: > 0 } n)
        {
            if (!long.TryParse(n, NumberStyles.None, CultureInfo.InvariantCulture, out page))
            {
                await RegistryError.PaginationInvalid(n).Write(response);
                return;
            }
            page = Math.Min(page, MaxPage);
        }
        // No tag holds a NUL and PostgreSQL takes none; what stands behind it cannot change the order among tags.
        var last = query["last"].ToString().Split('\0')[0];
        if (page != long.MaxValue && page > 0 && await tags.LastOfPage(access, last, page, context.RequestAborted) is { } next)
            response.Headers.Link = $"</v2/{access.Name}/tags/list?n={page}&last={next}>; rel=\"next\"";
        response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(response.BodyWriter);
        json.WriteStartObject();
        json.WriteString("name", access.Name.ToString());
        json.WriteStartArray("tags");
        await foreach (var tag in tags.List(access, last, page).WithCancellation(context.RequestAborted))
        {
            json.WriteStringValue(tag);
            if (json.BytesPending > OciTransfer.BufferBytes)
                await Flush(json, response, context.RequestAborted);
        }
        json.WriteEndArray();
        json.WriteEndObject();
        await Flush(json, response, context.RequestAborted);
    }

    private static async Task Flush(Utf8JsonWriter json, HttpResponse response, CancellationToken cancellationToken)
    {
        json.Flush();
        await response.BodyWriter.FlushAsync(cancellationToken);
    }
}

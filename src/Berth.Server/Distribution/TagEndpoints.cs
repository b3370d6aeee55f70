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
        if (!ListPage.TryRead(query, MaxPage, out var page, out var refusal))
        {
            await refusal!.Write(response);
            return;
        }
        if (page.Size is > 0 and var size && await tags.LastOfPage(access, page.Last, size, context.RequestAborted) is { } next)
            response.Headers.Link = $"</v2/{access.Name}/tags/list?n={size}&last={next}>; rel=\"next\"";
        response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(response.BodyWriter);
        json.WriteStartObject();
        json.WriteString("name", access.Name.ToString());
        json.WriteStartArray("tags");
        await foreach (var tag in tags.List(access, page.Last, page.Size ?? long.MaxValue).WithCancellation(context.RequestAborted))
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

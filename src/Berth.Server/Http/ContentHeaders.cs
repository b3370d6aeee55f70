namespace Berth.Server.Http;

/// <summary>Headers for bytes that users wrote: they never run in the origin of our pages.</summary>
internal static class ContentHeaders
{
    public static void Sandbox(HttpResponse response)
    {
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.ContentSecurityPolicy = "sandbox";
        response.Headers.ContentDisposition = "attachment";
    }
}

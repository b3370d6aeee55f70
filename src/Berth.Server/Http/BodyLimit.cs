using Microsoft.AspNetCore.Http.Metadata;

namespace Berth.Server.Http;

/// <summary>How long the bodies of a route may be, in bytes; null is no limit. Metadata that routing gives to Kestrel.</summary>
internal sealed record BodyLimit(long? MaxRequestBodySize) : IRequestSizeLimitMetadata
{
    public static BodyLimit None { get; } = new((long?)null);
}

namespace Berth.Server.Http;

/// <summary>Lets HEAD reach routes that are mapped for GET: the same work and headers, of which Kestrel sends no body (RFC 9110, section 9.3.2).</summary>
internal static class HeadRoutes
{
    /// <summary>Routes of which each GET takes HEAD too, but for those whose answer does not end by itself.</summary>
    public static IEndpointRouteBuilder WithHead(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("");
        ((IEndpointConventionBuilder)group).Finally(endpoint =>
        {
            if (endpoint.Metadata.OfType<IHttpMethodMetadata>().LastOrDefault() is { HttpMethods: [var only] } && HttpMethods.IsGet(only) && !endpoint.Metadata.OfType<EndlessAnswer>().Any())
                endpoint.Metadata.Add(new HttpMethodMetadata([HttpMethods.Get, HttpMethods.Head]));
        });
        return group;
    }
}

/// <summary>Metadata of a route whose answer goes on while somebody listens.</summary>
internal sealed class EndlessAnswer;

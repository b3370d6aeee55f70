using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;

namespace Berth.Server.Http;

/// <summary>
/// Parameters of the API where clients send them in every way that GitLab takes: in the address, as a form (<c>curl --data</c>), or as
/// JSON. The body wins.
/// </summary>
internal sealed class ApiParameters
{
    private readonly IQueryCollection _query;
    private readonly Dictionary<string, string> _body;

    private ApiParameters(IQueryCollection query, Dictionary<string, string> body) => (_query, _body) = (query, body);

    /// <summary>Null if it is not given, or null.</summary>
    public string? this[string name] => _body.TryGetValue(name, out var text) ? text : _query.TryGetValue(name, out var given) ? given.ToString() : null;

    public bool IsSet(string name) => ApiFlags.Parse(this[name]) == true;

    /// <exception cref="BadHttpRequestException">The body says it is JSON, and is not.</exception>
    public static async Task<ApiParameters> Read(HttpRequest request, CancellationToken cancellationToken)
    {
        var body = new Dictionary<string, string>(StringComparer.Ordinal);
        if (request.HasFormContentType)
        {
            foreach (var (name, value) in await request.ReadFormAsync(new FormOptions { ValueCountLimit = RequestLimits.MaxFormFields }, cancellationToken))
                body[name] = value.ToString();
        }
        else if (request.HasJsonContentType() && request.ContentLength != 0)
        {
            using var json = await Parse(request, cancellationToken);
            if (json.RootElement.ValueKind == JsonValueKind.Object)
            {
                foreach (var member in json.RootElement.EnumerateObject().Where(member => member.Value.ValueKind != JsonValueKind.Null))
                    body[member.Name] = member.Value.ToString();
            }
        }
        return new ApiParameters(request.Query, body);
    }

    private static async Task<JsonDocument> Parse(HttpRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await JsonDocument.ParseAsync(request.Body, cancellationToken: cancellationToken);
        }
        catch (JsonException bad)
        {
            throw new BadHttpRequestException("The body is no JSON.", bad);
        }
    }
}

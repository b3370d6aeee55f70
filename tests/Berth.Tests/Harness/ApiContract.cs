using System.Text.Json;

namespace Berth.Tests.Harness;

/// <summary>
/// What docs/openapi.json promises of the answers of the REST API, held against each that a test gets: its status, its type, and its
/// JSON by the schema, in which nothing is that the schema does not name. That the server promises the same, ApiDocumentTests say.
/// </summary>
internal static class ApiContract
{
    private static readonly Lazy<JsonElement> Document = new(() => JsonDocument.Parse(File.ReadAllText(Checkout.File("docs/openapi.json"))).RootElement);
    private static readonly Lazy<List<Call>> Calls = new(() => [.. Document.Value.GetProperty("paths").EnumerateObject()
        .SelectMany(path => path.Value.EnumerateObject(), (path, call) => new Call(call.Name, path.Name.Split('/'), call.Value))]);

    /// <summary>Fails the test if the answer is not as promised. Of paths that the document does not have, and at other hosts, nothing is.</summary>
    public static async Task Check(HttpRequestMessage request, HttpResponseMessage reply)
    {
        var (method, address) = (request.Method, request.RequestUri!);
        if (!address.AbsolutePath.StartsWith("/api/v4/", StringComparison.Ordinal) || request.Headers.Host is not null || Snapshot.Renews || Find(method, address.AbsolutePath.Split('/')) is not { } call)
            return;
        var what = $"{method} {address.AbsolutePath} answers {(int)reply.StatusCode}";
        var responses = call.Operation.GetProperty("responses");
        if (!responses.TryGetProperty($"{(int)reply.StatusCode}", out var promised) && (reply.IsSuccessStatusCode || !responses.TryGetProperty("default", out promised)))
            Assert.Fail($"{what}, which docs/openapi.json does not name");
        promised = Resolve(promised);
        var type = reply.Content.Headers.ContentType?.MediaType;
        if (!promised.TryGetProperty("content", out var content))
            Assert.True(type is null, $"{what} with {type}; by docs/openapi.json it has no body");
        else if (reply.IsSuccessStatusCode || type is not null)
            Assert.True(type is not null && content.TryGetProperty(type, out content), $"{what} with {type ?? "no body"}, not as docs/openapi.json says");
        if (type != "application/json")
            return;
        await reply.Content.LoadIntoBufferAsync(TestContext.Current.CancellationToken);
        using var json = JsonDocument.Parse(await reply.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        var misfit = Misfit(content.GetProperty("schema"), json.RootElement, "the answer");
        Assert.True(misfit is null, $"{what}, but {misfit}: {json.RootElement}");
    }

    private static Call? Find(HttpMethod method, string[] segments) => Calls.Value
        .Where(call => call.Method.Equals(method.Method, StringComparison.OrdinalIgnoreCase) && call.Path.Length == segments.Length && call.Fits(segments))
        .MinBy(call => call.Path.Count(IsParameter));

    private static JsonElement Resolve(JsonElement thing) => thing.TryGetProperty("$ref", out var reference)
        ? reference.GetString()!.Split('/')[1..].Aggregate(Document.Value, (inside, name) => inside.GetProperty(name))
        : thing;

    private static bool IsParameter(string segment) => segment.StartsWith('{');

    /// <summary>What of a value is not as its schema says; null if all is.</summary>
    private static string? Misfit(JsonElement schema, JsonElement value, string at)
    {
        schema = Resolve(schema);
        if (schema.TryGetProperty("oneOf", out var either))
            return either.EnumerateArray().Select(one => Misfit(one, value, at)).MinBy(misfit => misfit?.Length ?? 0);
        if (schema.TryGetProperty("type", out var type) && !Types(type).Contains(Type(value)) && !(Type(value) == "integer" && Types(type).Contains("number")))
            return $"{at} is {Type(value)}, not {type}";
        return value.ValueKind switch
        {
            JsonValueKind.Object => ObjectMisfit(schema, value, at),
            JsonValueKind.Array when schema.TryGetProperty("items", out var items) => value.EnumerateArray().Select((item, i) => Misfit(items, item, $"{at}[{i}]")).FirstOrDefault(misfit => misfit is not null),
            _ => null,
        };
    }

    private static string? ObjectMisfit(JsonElement schema, JsonElement value, string at)
    {
        if (schema.TryGetProperty("required", out var required) && required.EnumerateArray().FirstOrDefault(name => !value.TryGetProperty(name.GetString()!, out _)) is { ValueKind: JsonValueKind.String } missing)
            return $"{at} has no {missing}";
        var (isListed, others) = (schema.TryGetProperty("properties", out var properties), schema.TryGetProperty("additionalProperties", out var additional));
        foreach (var property in value.EnumerateObject())
        {
            if (!(isListed && properties.TryGetProperty(property.Name, out var one)) && !(others && (one = additional).ValueKind == JsonValueKind.Object))
            {
                if (isListed)
                    return $"{at} has {property.Name}, which its schema does not name";
                continue;
            }
            if (Misfit(one, property.Value, $"{at}.{property.Name}") is { } misfit)
                return misfit;
        }
        return null;
    }

    private static IEnumerable<string?> Types(JsonElement type) => type.ValueKind == JsonValueKind.String ? [type.GetString()] : type.EnumerateArray().Select(one => one.GetString());

    private static string Type(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True or JsonValueKind.False => "boolean",
        JsonValueKind.Number => value.TryGetInt64(out _) ? "integer" : "number",
        var kind => kind.ToString().ToLowerInvariant(),
    };

    private sealed record Call(string Method, string[] Path, JsonElement Operation)
    {
        /// <summary>Numbers for parameters that are numbers, and otherwise what the path says.</summary>
        public bool Fits(string[] segments) => Path.Zip(segments).All(pair => IsParameter(pair.First) ? !IsNumber(pair.First) || pair.Second.All(char.IsAsciiDigit) : pair.First == pair.Second);

        private bool IsNumber(string segment) => Operation.GetProperty("parameters").EnumerateArray()
            .Any(parameter => parameter.GetProperty("name").GetString() == segment.Trim('{', '}') && parameter.GetProperty("schema").GetProperty("type").GetString() == "integer");
    }
}

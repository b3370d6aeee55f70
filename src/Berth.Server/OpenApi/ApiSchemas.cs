using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Berth.Server.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Berth.Server.OpenApi;

/// <summary>What the framework does not tell of the types that are sent and taken, and what many calls share: errors, and headers of lists.</summary>
internal static class ApiSchemas
{
    private const string ErrorName = "Error";

    /// <summary>So many of the paging headers come with keyset too.</summary>
    private const int KeysetHeaders = 2;

    private static readonly (string Name, string Words)[] PagingHeaders =
    [
        ("Link", "The other pages (RFC 8288)."),
        ("X-Per-Page", "Entries a page."),
        ("X-Page", "This page."),
        ("X-Prev-Page", "The page before; empty if there is none."),
        ("X-Next-Page", "The next page; empty if there is none."),
        ("X-Total", $"All entries; left out where they are more than {ApiPage.MaxCounted}."),
        ("X-Total-Pages", "All pages; left out with X-Total."),
    ];

    /// <summary>ApiProject is Project.</summary>
    public static string? Name(JsonTypeInfo type) => OpenApiOptions.CreateDefaultSchemaReferenceId(type)?.Replace("Api", "", StringComparison.Ordinal);

    /// <summary>
    /// Bodies may leave out everything, and say numbers and flags as texts too. What is sent has one type, and each property but those
    /// that are left out when null; a class with heirs may have more.
    /// </summary>
    public static Task Describe(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        var type = context.JsonTypeInfo.Type;
        if ((Nullable.GetUnderlyingType(type) ?? type) == typeof(bool))
            schema.Type = type == typeof(bool) ? JsonSchemaType.Boolean : JsonSchemaType.Boolean | JsonSchemaType.Null;
        if (context.ParameterDescription is not null)
        {
            schema.Required = null;
            return Task.CompletedTask;
        }
        if (schema.Type is { } sent && (sent & (JsonSchemaType.Integer | JsonSchemaType.Number)) != 0)
            (schema.Type, schema.Pattern) = (sent & ~JsonSchemaType.String, null);
        if (context.JsonPropertyInfo is { } property && (!property.IsGetNullable || IsLeftOut(property)))
            schema.Type &= ~JsonSchemaType.Null;
        // A file is bytes, not the properties of a stream.
        if (context.JsonTypeInfo.Kind == JsonTypeInfoKind.Object && type != typeof(Stream))
        {
            schema.Required = context.JsonTypeInfo.Properties.Where(sometimes => !IsLeftOut(sometimes)).Select(always => always.Name).ToHashSet(StringComparer.Ordinal);
            schema.AdditionalProperties = type.IsSealed ? null : new OpenApiSchema();
        }
        return Task.CompletedTask;
    }

    /// <summary>GitLab's two shapes of an error, see <see cref="ApiError"/>.</summary>
    public static OpenApiResponseReference Refusal(string status, string words, OpenApiDocument document)
    {
        var name = status == "default" ? "Refused" : $"Refused{status}";
        document.AddComponent(ErrorName, new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Description = "Why not: `message` is a text, or has the reasons by field; `error` says what is wrong with a parameter or a token.",
            Properties = new Dictionary<string, IOpenApiSchema>
            {
                ["message"] = new OpenApiSchema { Type = JsonSchemaType.String | JsonSchemaType.Object },
                ["error"] = new OpenApiSchema { Type = JsonSchemaType.String },
                ["error_description"] = new OpenApiSchema { Type = JsonSchemaType.String },
                ["scope"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "The scopes of which one is needed." },
            },
        });
        document.AddComponent(name, new OpenApiResponse
        {
            Description = words,
            Content = new Dictionary<string, OpenApiMediaType> { ["application/json"] = new() { Schema = new OpenApiSchemaReference(ErrorName, document) } },
        });
        return new OpenApiResponseReference(name, document);
    }

    /// <summary>Of lists, by their parameters: where the other pages are.</summary>
    public static Dictionary<string, IOpenApiHeader>? Headers(IEnumerable<IOpenApiParameter> parameters, OpenApiDocument document)
    {
        var isNumbered = parameters.Any(parameter => parameter.Name == "page");
        if (!isNumbered && !parameters.Any(parameter => parameter.Name == "cursor"))
            return null;
        foreach (var (name, words) in PagingHeaders)
            document.AddComponent(name, new OpenApiHeader { Description = words, Schema = new OpenApiSchema { Type = JsonSchemaType.String } });
        return PagingHeaders.Take(isNumbered ? PagingHeaders.Length : KeysetHeaders).ToDictionary(header => header.Name, IOpenApiHeader (header) => new OpenApiHeaderReference(header.Name, document));
    }

    private static bool IsLeftOut(JsonPropertyInfo property) => property.AttributeProvider?.IsDefined(typeof(JsonIgnoreAttribute), inherit: false) == true;
}

using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Berth.Server.OpenApi;

/// <summary>What the framework does not tell of the types that are sent and taken, and the shape of errors.</summary>
internal static class ApiSchemas
{
    public const string ErrorName = "Error";

    /// <summary>GitLab's two shapes, see <see cref="Http.ApiError"/>.</summary>
    public static OpenApiSchema Error => new()
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
    };

    public static OpenApiResponse Refusal(string words, OpenApiDocument document) => new()
    {
        Description = words,
        Content = new Dictionary<string, OpenApiMediaType> { ["application/json"] = new() { Schema = new OpenApiSchemaReference(ErrorName, document) } },
    };

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
        if (context.JsonTypeInfo.Kind == JsonTypeInfoKind.Object)
        {
            schema.Required = context.JsonTypeInfo.Properties.Where(sometimes => !IsLeftOut(sometimes)).Select(always => always.Name).ToHashSet(StringComparer.Ordinal);
            schema.AdditionalProperties = type.IsSealed ? null : new OpenApiSchema();
        }
        return Task.CompletedTask;
    }

    private static bool IsLeftOut(JsonPropertyInfo property) => property.AttributeProvider?.IsDefined(typeof(JsonIgnoreAttribute), inherit: false) == true;
}

using System.Globalization;
using System.Text;
using Berth.Server.Access;
using Berth.Server.Configuration;
using Berth.Server.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.OpenApi;

namespace Berth.Server.OpenApi;

/// <summary>
/// Describes the REST API in OpenAPI 3.1 out of its routes: what each takes and gives, and from its <see cref="AccessRule"/> who may
/// call it. Made once, when it is first asked for.
/// </summary>
internal sealed class ApiDocument
{
    private const string DocumentName = "v4";
    private const string Prefix = "api/v4/";

    private readonly Lazy<Task<byte[]>> _json;

    private ApiDocument(IServiceProvider server, IServiceCollection registered) => _json = new(() => Write(server, registered));

    public Task<byte[]> Json => _json.Value;

    public static void AddTo(IServiceCollection services) => services.AddSingleton(server => new ApiDocument(server, services));

    /// <summary>
    /// In a provider of its own: what makes the document is loaded only when somebody asks for it. It knows of what the server has, to
    /// tell from a body what handlers get out of it, and makes none of that.
    /// </summary>
    private static async Task<byte[]> Write(IServiceProvider server, IServiceCollection registered)
    {
        IServiceCollection services = new ServiceCollection();
        services.Add(registered);
        services.AddSingleton(server.GetRequiredService<EndpointDataSource>()).AddSingleton(server.GetRequiredService<IHostEnvironment>());
        services.AddOpenApi(DocumentName, options =>
        {
            options.ShouldInclude = route => route.RelativePath!.StartsWith(Prefix, StringComparison.Ordinal);
            options.AddDocumentTransformer(Describe);
            options.AddOperationTransformer(Describe);
            options.AddSchemaTransformer(ApiSchemas.Describe);
            options.CreateSchemaReferenceId = ApiSchemas.Name;
        });
        await using var provider = services.BuildServiceProvider();
        var document = await provider.GetRequiredKeyedService<IOpenApiDocumentProvider>(DocumentName).GetOpenApiDocumentAsync();
        await using var text = new StringWriter(CultureInfo.InvariantCulture);
        document.SerializeAsV31(new OpenApiJsonWriter(text));
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static Task Describe(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        var settings = context.ApplicationServices.GetRequiredService<BerthSettings>();
        document.Info = new OpenApiInfo
        {
            Title = "Berth",
            Version = "v4",
            Description = "The REST API: GitLab's, as far as Berth has it, and what is Berth's own under the same prefix. Bodies are JSON or forms; errors are `{\"message\": …}` or `{\"error\": …}`.",
        };
        // The framework names a tag for each class with routes in it.
        document.Tags = new HashSet<OpenApiTag>(document.Paths.Keys.Select(path => Tag(path.TrimStart('/'))).Distinct().Order(StringComparer.Ordinal).Select(name => new OpenApiTag { Name = name }));
        document.Servers = [new OpenApiServer { Url = settings.ExternalOrigin }];
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            ["token"] = new OpenApiSecurityScheme { Type = SecuritySchemeType.ApiKey, In = ParameterLocation.Header, Name = "PRIVATE-TOKEN", Description = "A personal, project or group access token." },
            ["bearer"] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "The same token." },
        };
        document.Security =
        [
            new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference("token", document)] = [] },
            new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference("bearer", document)] = [] },
        ];
        return Task.CompletedTask;
    }

    private static Task Describe(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var path = context.Description.RelativePath!;
        operation.OperationId = $"{context.Description.HttpMethod!.ToLowerInvariant()}_{string.Join('_', path[Prefix.Length..].Split('/').Select(segment => segment.Trim('{', '}').Split(':')[0]))}";
        operation.Tags = new HashSet<OpenApiTagReference> { new(Tag(path), context.Document) };
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        operation.Parameters = [.. Parameters(path, metadata)];
        var rule = metadata.OfType<AccessRule>().Single();
        operation.Description = Words(rule);
        if (rule is AccessRule.Open)
            operation.Security = [];
        if (operation.Responses!.GetValueOrDefault("200") is OpenApiResponse answer)
            answer.Headers = ApiSchemas.Headers(operation.Parameters, context.Document!);
        foreach (var (status, words) in Refusals(rule))
            operation.Responses!.TryAdd(status, ApiSchemas.Refusal(status, words, context.Document!));
        return Task.CompletedTask;
    }

    /// <summary>Those of the path, by the route, and those of the query, by its metadata: handlers take few of them as arguments.</summary>
    private static IEnumerable<IOpenApiParameter> Parameters(string path, IList<object> metadata)
    {
        foreach (var segment in path.Split('/').Where(segment => segment.StartsWith('{')))
        {
            var name = segment.Trim('{', '}').Split(':')[0];
            var isPath = name == "id" && (path.StartsWith(Prefix + "projects/", StringComparison.Ordinal) || path.StartsWith(Prefix + "groups/", StringComparison.Ordinal));
            yield return new OpenApiParameter
            {
                Name = name,
                In = ParameterLocation.Path,
                Required = true,
                Description = isPath ? "The number, or the full path with its slashes as %2F." : null,
                Schema = new OpenApiSchema { Type = segment.EndsWith(":long}", StringComparison.Ordinal) ? JsonSchemaType.Integer : JsonSchemaType.String },
            };
        }
        foreach (var parameter in metadata.OfType<ApiParameter>())
            yield return new OpenApiParameter { Name = parameter.Name, In = ParameterLocation.Query, Description = parameter.Description, Schema = new OpenApiSchema { Type = JsonSchemaType.String } };
    }

    /// <summary>What the call is about: /projects/:id/members is of members.</summary>
    private static string Tag(string path)
    {
        var segments = path[Prefix.Length..].Split('/');
        return (segments is ["projects" or "groups" or "users", _, var inner, ..] ? inner : segments[0]).Replace('_', ' ');
    }

    private static string Words(AccessRule rule) => rule switch
    {
        AccessRule.Open open => $"For everyone: {open.Why}.",
        AccessRule.Api api => $"For {(api.Admin ? "administrators" : "everyone with a token")}. {Scopes(api.Scopes)}",
        AccessRule.Project project => $"For {(project.Role == AccessLevel.None ? "whoever sees the project" : $"{project.Role}s of the project and above")}. {Scopes(project.Scopes)}",
        AccessRule.Group group => $"For {(group.Role == AccessLevel.None ? "whoever sees the group" : $"{group.Role}s of the group and above")}. {Scopes(group.Scopes)}",
        AccessRule.ProjectImages images => $"For those who may pull the project's images{(images.Role == AccessLevel.None ? "" : $", {images.Role}s and above")}. {Scopes(images.Scopes)}",
        _ => "",
    };

    private static string Scopes(TokenScopes scopes) => $"Scope: {string.Join(" or ", scopes.Names().Select(name => $"`{name}`"))}.";

    private static IEnumerable<(string Status, string Words)> Refusals(AccessRule rule)
    {
        yield return ("default", "Refused, or failed.");
        if (rule is AccessRule.Open)
            yield break;
        yield return ("401", "No credential, or not a valid one.");
        yield return ("403", "The role or the token's scope is too low.");
        if (rule is not AccessRule.Api)
            yield return ("404", "There is no such thing, or the caller may not see it.");
    }
}

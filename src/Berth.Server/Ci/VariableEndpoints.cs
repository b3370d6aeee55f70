using Berth.Server.Access;
using Berth.Server.Configuration;
using Berth.Server.Http;

namespace Berth.Server.Ci;

/// <summary>/api/v4/projects/:id/variables, as GitLab's.</summary>
internal static class VariableEndpoints
{
    public static void MapVariables(this IEndpointRouteBuilder routes)
    {
        const string Route = "/api/v4/projects/{id}/variables";
        var read = new AccessRule.Project(TokenScopes.Api | TokenScopes.ReadApi, AccessLevel.Maintainer);
        var write = new AccessRule.Project(TokenScopes.Api, AccessLevel.Maintainer);
        routes.MapGet(Route, List).WithSummary("Lists a project's CI variables").Produces<ApiVariable[]>().WithMetadata(read).WithMetadata(ApiParameter.Paging);
        routes.MapPost(Route, Create).WithSummary("Makes a CI variable").Produces<ApiVariable>(201).WithMetadata(write);
        routes.MapGet(Route + "/{key}", Get).WithSummary("Shows a CI variable").Produces<ApiVariable>().WithMetadata(read);
        routes.MapPut(Route + "/{key}", Change).WithSummary("Changes a CI variable").Produces<ApiVariable>().WithMetadata(write);
        routes.MapDelete(Route + "/{key}", Delete).WithSummary("Deletes a CI variable").Produces(204).WithMetadata(write);
    }

    private static async Task<IResult> List(ProjectAccess access, HttpContext context, CiVariables variables, BerthSettings settings)
    {
        var page = ApiPage.Of(context.Request);
        var (rows, counted) = await variables.Page(access.Project.Id, page, context.RequestAborted);
        page.WriteHeaders(context, settings, counted);
        return Results.Json(rows.Select(variable => new ApiVariable(variable)));
    }

    private static async Task<IResult> Get(ProjectAccess access, string key, CiVariables variables, CancellationToken cancellationToken) =>
        await variables.Find(access.Project.Id, key, cancellationToken) is { } variable ? Results.Json(new ApiVariable(variable)) : ApiError.NotFound("Variable");

    private static async Task<IResult> Create(ProjectAccess access, VariableBody body, CiVariables variables)
    {
        if (body.Key is null || body.Value is null)
            return ApiError.BadRequest("key and value are needed");
        var wanted = body.Over(new CiVariable(body.Key, body.Value, Masked: false, Protected: false, Raw: false, IsFile: false));
        if (wanted.Refusal() is { } refusal)
            return refusal.ToResult();
        return await variables.Create(access, wanted) is { } refused ? refused.ToResult() : Results.Json(new ApiVariable(wanted), statusCode: 201);
    }

    private static async Task<IResult> Change(ProjectAccess access, string key, VariableBody body, CiVariables variables, CancellationToken cancellationToken)
    {
        if (await variables.Find(access.Project.Id, key, cancellationToken) is not { } variable)
            return ApiError.NotFound("Variable");
        var wanted = body.Over(variable);
        if (wanted.Refusal() is { } refusal)
            return refusal.ToResult();
        await variables.Change(access, wanted);
        return Results.Json(new ApiVariable(wanted));
    }

    private static async Task<IResult> Delete(ProjectAccess access, string key, CiVariables variables) =>
        await variables.Delete(access, key) ? Results.NoContent() : ApiError.NotFound("Variable");

    internal sealed record VariableBody(string? Key, string? Value, string? VariableType, bool? Protected, bool? Masked, bool? Raw)
    {
        /// <summary>What the body says over what was there.</summary>
        public CiVariable Over(CiVariable variable) => new(variable.Key, Value ?? variable.Value, Masked ?? variable.Masked, Protected ?? variable.Protected, Raw ?? variable.Raw,
            VariableType is null ? variable.IsFile : VariableType == "file");
    }
}

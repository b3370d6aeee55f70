using System.Globalization;
using Berth.Server.Configuration;
using Berth.Server.Http;

namespace Berth.Server.Access.Audit;

/// <summary>/api/v4/audit_events and those of a project, as GitLab's: newest first, by page or (pagination=keyset) by cursor.</summary>
internal static class AuditEndpoints
{
    private const int DefaultPage = 20;

    public static void MapAuditEvents(this IEndpointRouteBuilder routes)
    {
        var admin = new AccessRule.Api(TokenScopes.Api | TokenScopes.ReadApi, Admin: true);
        var project = new AccessRule.Project(TokenScopes.Api | TokenScopes.ReadApi, AccessLevel.Maintainer);
        routes.MapGet("/api/v4/audit_events", List).WithSummary("Lists audit events").Produces<ApiAuditEvent[]>().WithMetadata(admin).WithMetadata(ApiParameter.Paging);
        routes.MapGet("/api/v4/audit_events/{event:long}", Get).WithSummary("Shows an audit event").Produces<ApiAuditEvent>().WithMetadata(admin);
        routes.MapGet("/api/v4/projects/{id}/audit_events", ListOfProject).WithSummary("Lists a project's audit events").Produces<ApiAuditEvent[]>().WithMetadata(project).WithMetadata(ApiParameter.Paging);
        routes.MapGet("/api/v4/projects/{id}/audit_events/{event:long}", GetOfProject).WithSummary("Shows an audit event of a project").Produces<ApiAuditEvent>().WithMetadata(project);
    }

    private static async Task<IResult> List(HttpContext context, AuditLog log, BerthSettings settings, CancellationToken cancellationToken)
    {
        var query = context.Request.Query;
        string? kind = null;
        if (query["entity_type"].ToString() is { Length: > 0 } type && (kind = KindOf(type)) is null)
            return ApiError.BadRequest("entity_type does not have a valid value");
        if (!TryReadId(query["entity_id"], out var entity) || (entity is not null && kind is null))
            return ApiError.BadRequest("entity_id is invalid, or entity_type is missing beside it");
        if (!TryReadId(query["author_id"], out var actor))
            return ApiError.BadRequest("author_id is invalid");
        return await Answer(context, new AuditFilter(DefaultPage) { EntityKind = kind, EntityId = entity, ActorId = actor }, log, settings, cancellationToken);
    }

    private static Task<IResult> ListOfProject(ProjectAccess access, HttpContext context, AuditLog log, BerthSettings settings, CancellationToken cancellationToken) =>
        Answer(context, new AuditFilter(DefaultPage) { EntityKind = "project", EntityId = access.Project.Id }, log, settings, cancellationToken);

    private static async Task<IResult> Get(ApiAccess access, long @event, AuditLog log, CancellationToken cancellationToken)
    {
        access.DemandAdmin();
        return await log.Find(@event, cancellationToken) is { } row ? Results.Json(new ApiAuditEvent(row)) : ApiError.NotFound("Audit Event");
    }

    private static async Task<IResult> GetOfProject(ProjectAccess access, long @event, AuditLog log, CancellationToken cancellationToken) =>
        await log.Find(@event, cancellationToken) is { EntityKind: "project" } row && row.EntityId == access.Project.Id ? Results.Json(new ApiAuditEvent(row)) : ApiError.NotFound("Audit Event");

    private static async Task<IResult> Answer(HttpContext context, AuditFilter filter, AuditLog log, BerthSettings settings, CancellationToken cancellationToken)
    {
        var query = context.Request.Query;
        if (!ApiTime.TryRead(query["created_after"], 0, out var after))
            return ApiError.BadRequest("created_after is invalid: " + ApiTime.Form);
        if (!ApiTime.TryRead(query["created_before"], long.MaxValue, out var before))
            return ApiError.BadRequest("created_before is invalid: " + ApiTime.Form);
        if (!TryReadId(query["cursor"], out var cursor))
            return ApiError.BadCursor;
        var keyset = ApiKeyset.IsAsked(context.Request);
        var (page, limit) = keyset ? new ApiPage(1, ApiKeyset.Size(context.Request)) : ApiPage.Of(context.Request);
        var rows = await log.Page(filter with { Limit = limit, CreatedAfter = after, CreatedBefore = before, Before = cursor ?? long.MaxValue, Skip = (page - 1) * limit }, cancellationToken);
        var more = rows.Count > limit;
        if (more)
            rows.RemoveAt(limit);
        WriteHeaders(context, settings, (page, limit, more ? (keyset ? $"cursor={rows[^1].Id}" : $"page={page + 1}") : null), keyset);
        return Results.Json(rows.Select(row => new ApiAuditEvent(row)));
    }

    /// <summary>GitLab's headers; a total it leaves out too where counting would cost more than the page.</summary>
    private static void WriteHeaders(HttpContext context, BerthSettings settings, (int Page, int Limit, string? Next) at, bool keyset)
    {
        var headers = context.Response.Headers;
        headers["X-Per-Page"] = at.Limit.ToString(CultureInfo.InvariantCulture);
        if (!keyset)
        {
            headers["X-Page"] = at.Page.ToString(CultureInfo.InvariantCulture);
            headers["X-Prev-Page"] = at.Page > 1 ? (at.Page - 1).ToString(CultureInfo.InvariantCulture) : "";
            headers["X-Next-Page"] = at.Next is null ? "" : (at.Page + 1).ToString(CultureInfo.InvariantCulture);
        }
        if (at.Next is null)
            return;
        var kept = context.Request.Query.Where(pair => pair.Key is not ("page" or "cursor"))
            .SelectMany(pair => pair.Value.Select(value => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(value ?? "")}"));
        headers.Link = $"<{settings.ExternalOrigin}{context.Request.Path.ToUriComponent()}?{string.Join('&', kept.Append(at.Next))}>; rel=\"next\"";
    }

    private static string? KindOf(string type) => type switch
    {
        "User" => "user",
        "Group" => "group",
        "Project" => "project",
        ApiAuditEvent.InstanceType => AuditEntity.Instance.Kind,
        _ => null,
    };

    private static bool TryReadId(string? text, out long? id)
    {
        id = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
        return id is not null || string.IsNullOrEmpty(text);
    }
}

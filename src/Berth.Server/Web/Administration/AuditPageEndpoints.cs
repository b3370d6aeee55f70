using System.Globalization;
using System.Text.Json;
using Berth.Server.Access;
using Berth.Server.Access.Accounts;
using Berth.Server.Access.Audit;
using Berth.Server.Access.Places;
using Berth.Server.Database;

namespace Berth.Server.Web.Administration;

/// <summary>/admin/audit_logs, as GitLab's: who changed which right or credential, newest first, by actor, by what it belongs to, and by days.</summary>
internal static class AuditPageEndpoints
{
    public const string Path = "/admin/audit_logs";

    private const int PageSize = 50;

    private static readonly IReadOnlyList<Choice> Kinds = [new("", "Everything"), new("project", "Projects"), new("group", "Groups"), new("user", "Users"), new("instance", "The instance")];

    public static void MapAuditPage(this IEndpointRouteBuilder routes) => routes.MapGet(Path, List).WithMetadata(new AccessRule.Page(Admin: true));

    private static async Task<IResult> List(PageAccess access, HttpContext context, AuditLog log, Users users, ProjectRows projects, GroupRows groups, TimeProvider time)
    {
        var form = new FormView();
        foreach (var field in (string[])["author", "kind", "entity", "from", "to"])
            form.With(field, PageQuery.Text(context, field).Trim());
        var before = PageQuery.Number(context, "before");
        var filter = await Read(form, users, projects, groups, context.RequestAborted) with { Limit = PageSize, Before = before ?? long.MaxValue };
        var rows = form.IsGood ? await log.Page(filter, context.RequestAborted) : [];
        var next = rows.Count > PageSize ? $"{Path}?{Query(form)}before={rows[PageSize - 1].Id.ToString(CultureInfo.InvariantCulture)}" : null;
        return PageResult.Of<AuditPage>(Viewer.Of(access.Session, time), new AuditView([.. rows.Take(PageSize).Select(Line)], form, Kinds, next, before is null), form.IsGood ? 200 : 422);
    }

    private static async Task<AuditFilter> Read(FormView form, Users users, ProjectRows projects, GroupRows groups, CancellationToken cancellationToken)
    {
        var filter = new AuditFilter(PageSize) { EntityKind = form["kind"].Length > 0 ? form["kind"] : null };
        if (!Kinds.Any(kind => kind.Value == form["kind"]))
            form.Refuse("kind", "Choose one of these.");
        if (form["author"].Length > 0)
        {
            if (await users.FindByName(form["author"], cancellationToken) is { } author)
                filter = filter with { ActorId = author.Id };
            else
                form.Refuse("author", "Nobody is called so.");
        }
        if (form["entity"].Length > 0)
        {
            var entity = await FindEntity(form["kind"], form["entity"], users, projects, groups, cancellationToken);
            filter = filter with { EntityKind = entity?.Kind, EntityId = entity?.Id };
            if (entity is null)
                form.Refuse("entity", "Nothing of that kind is called so.");
        }
        return filter with { CreatedAfter = Day(form, "from", 0) ?? 0, CreatedBefore = Day(form, "to", 1) - 1 ?? long.MaxValue };
    }

    /// <summary>Without a kind, whatever is called so: a project, a group, a user.</summary>
    private static async Task<(string Kind, long Id)?> FindEntity(string kind, string name, Users users, ProjectRows projects, GroupRows groups, CancellationToken cancellationToken)
    {
        if (kind is "" or "project" && await projects.FindByPath(name, cancellationToken) is { } project)
            return ("project", project.Id);
        if (kind is "" or "group" && await groups.FindPlace(name, cancellationToken) is { OwnerId: null } group)
            return ("group", group.Id);
        return kind is "" or "user" && await users.FindByName(name, cancellationToken) is { } user ? ("user", user.Id) : null;
    }

    /// <summary>The microsecond in which a day, and so many more, begin.</summary>
    private static long? Day(FormView form, string field, int more)
    {
        if (form[field].Length == 0)
            return null;
        if (DateOnly.TryParseExact(form[field], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day.Year is >= 1970 and < 9999)
            return Clock.Micros(new DateTimeOffset(day.AddDays(more).ToDateTime(TimeOnly.MinValue), TimeSpan.Zero));
        form.Refuse(field, "A day is written as 2030-12-31.");
        return null;
    }

    private static string Query(FormView form) => string.Concat(((string[])["author", "kind", "entity", "from", "to"]).Where(field => form[field].Length > 0).Select(field => $"{field}={Uri.EscapeDataString(form[field])}&"));

    private static AuditLine Line(AuditEventRow row) => new(row.Id, row.At, row.ActorName, row.Credential, row.Address, row.Action, row.EntityKind, row.EntityPath,
        row.TargetKind.Length == 0 ? "" : $"{row.TargetKind.Replace('_', ' ')} {(row.TargetName.Length > 0 ? row.TargetName : row.TargetId?.ToString(CultureInfo.InvariantCulture))}", Details(row.Details));

    private static string Details(string json)
    {
        using var document = JsonDocument.Parse(json);
        return string.Join(", ", document.RootElement.EnumerateObject().Where(fact => fact.Value.ValueKind != JsonValueKind.Null).Select(fact => $"{fact.Name.Replace('_', ' ')}: {Text(fact)}"));
    }

    private static string? Text(JsonProperty fact) => fact.Value.ValueKind switch
    {
        JsonValueKind.String => fact.Value.GetString(),
        JsonValueKind.Array => string.Join(' ', fact.Value.EnumerateArray()),
        JsonValueKind.True => "yes",
        JsonValueKind.False => "no",
        JsonValueKind.Number when fact.Name == "access_level" && fact.Value.TryGetInt32(out var level) => ((AccessLevel)level).ToString(),
        _ => fact.Value.GetRawText(),
    };
}

using Berth.Server.Access;
using Berth.Server.Access.Places;
using Berth.Server.Configuration;
using Berth.Server.Http;

namespace Berth.Server.Projects;

/// <summary>/api/v4/groups, as GitLab's: :id is the number or the URL-encoded path.</summary>
internal static class GroupEndpoints
{
    private const TokenScopes Reads = TokenScopes.Api | TokenScopes.ReadApi;

    private static readonly (string Word, AccessLevel Level)[] CreationLevels =
        [("noone", AccessLevel.None), ("developer", AccessLevel.Developer), ("maintainer", AccessLevel.Maintainer), ("owner", AccessLevel.Owner)];

    public static void MapGroups(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v4/groups", List).WithSummary("Lists groups").Produces<ApiGroup[]>().WithMetadata(new AccessRule.Api(Reads)).WithMetadata(ApiParameter.Paging);
        routes.MapPost("/api/v4/groups", Create).WithSummary("Makes a group").Produces<ApiGroup>(201).WithMetadata(new AccessRule.Api(TokenScopes.Api));
        routes.MapGet("/api/v4/groups/{id}", Get).WithSummary("Shows a group").Produces<ApiGroup>().WithMetadata(new AccessRule.Group(Reads, AccessLevel.None));
        routes.MapPut("/api/v4/groups/{id}", Change).WithSummary("Changes a group").Produces<ApiGroup>().WithMetadata(new AccessRule.Group(TokenScopes.Api, AccessLevel.Owner));
        routes.MapDelete("/api/v4/groups/{id}", Delete).WithSummary("Deletes a group").Produces<ApiMessage>(202).WithMetadata(new AccessRule.Group(TokenScopes.Api, AccessLevel.Owner));
        routes.MapGet("/api/v4/groups/{id}/projects", Projects).WithSummary("Lists a group's projects").Produces<ApiProject[]>().WithMetadata(new AccessRule.Group(Reads, AccessLevel.None)).WithMetadata(ApiParameter.Paging);
        routes.MapGet("/api/v4/groups/{id}/subgroups", Subgroups).WithSummary("Lists a group's subgroups").Produces<ApiGroup[]>().WithMetadata(new AccessRule.Group(Reads, AccessLevel.None)).WithMetadata(ApiParameter.Paging);
    }

    private static Task<IResult> List(ApiAccess access, HttpContext context, ApiLists lists, BerthSettings settings) =>
        Page(context, access.Caller, lists, settings, within: 0);

    private static Task<IResult> Subgroups(GroupAccess access, HttpContext context, ApiLists lists, BerthSettings settings) =>
        Page(context, access.Caller, lists, settings, access.Group.Id);

    private static async Task<IResult> Page(HttpContext context, Caller caller, ApiLists lists, BerthSettings settings, long within)
    {
        var (wanted, refusal) = ListFilter.Read(context.Request, "name", descending: false);
        if (wanted is null)
            return refusal!;
        var (rows, counted) = await lists.Groups(caller, wanted with { Within = within }, context.RequestAborted);
        wanted.Page.WriteHeaders(context, settings, counted);
        return Results.Json(rows.Select(row => new ApiGroup(row, settings)));
    }

    private static Task<IResult> Projects(GroupAccess access, HttpContext context, ApiLists lists, BerthSettings settings) =>
        ProjectEndpoints.Page(context, access.Caller, lists, settings, access.Group.Id);

    private static IResult Get(GroupAccess access, BerthSettings settings) => Results.Json(new ApiGroup(access.Group, settings));

    private static async Task<IResult> Create(ApiAccess access, GroupBody body, GroupStore groups, BerthSettings settings)
    {
        if (string.IsNullOrWhiteSpace(body.Name))
            return ApiError.BadRequest("name is missing");
        if (string.IsNullOrEmpty(body.Path))
            return ApiError.BadRequest("path is missing");
        if (NamespacePath.Refusal(body.Path) is { } refusal)
            return ApiError.Invalid("path", refusal);
        if (Refusal(body) is { } refused)
            return refused;
        Words.TryParse<Visibility>(body.Visibility ?? "private", out var visibility);
        return Answer(await groups.Create(access, new NewGroup(body.ParentId, body.Path, body.Name, body.Description ?? "", visibility,
            CreationLevel(body.ProjectCreationLevel) ?? AccessLevel.Maintainer, body.PushCreatesProjects ?? false)), settings, 201);
    }

    private static async Task<IResult> Change(GroupAccess access, GroupBody body, GroupStore groups, BerthSettings settings)
    {
        if (body.Path is { } path && path != access.Group.Path && NamespacePath.Refusal(path) is { } badPath)
            return ApiError.Invalid("path", badPath);
        if (Refusal(body) is { } refused)
            return refused;
        Visibility? visibility = body.Visibility is { } word && Words.TryParse<Visibility>(word, out var parsed) ? parsed : null;
        return Answer(await groups.Change(access, new GroupChanges(body.Path, string.IsNullOrWhiteSpace(body.Name) ? null : body.Name, body.Description, visibility, CreationLevel(body.ProjectCreationLevel), body.PushCreatesProjects)), settings, 200);
    }

    private static async Task<IResult> Delete(GroupAccess access, GroupStore groups) => await groups.Delete(access)
        ? ApiError.Of(202, "202 Accepted")
        : ApiError.Of(409, $"Group '{access.Group.FullPath}' still holds projects or subgroups: delete those first");

    private static IResult? Refusal(GroupBody body)
    {
        if (PlainText.Refusal(body.Name) is { } badName)
            return ApiError.Invalid("name", badName);
        if (Descriptions.Refusal(body.Description) is { } badDescription)
            return ApiError.Invalid("description", badDescription);
        if (body.Visibility is { } visibility && !Words.TryParse<Visibility>(visibility, out _))
            return ApiError.BadRequest("visibility does not have a valid value");
        return body.ProjectCreationLevel is { } level && CreationLevel(level) is null
            ? ApiError.BadRequest("project_creation_level does not have a valid value")
            : null;
    }

    internal static IResult Answer(GroupOutcome outcome, BerthSettings settings, int status) => outcome switch
    {
        GroupOutcome.Done done => Results.Json(new ApiGroup(done.Group, settings), statusCode: status),
        GroupOutcome.Missing missing => ApiError.NotFound(missing.What),
        GroupOutcome.Forbidden forbidden => ApiError.Of(403, $"403 Forbidden - {forbidden.Reason}"),
        GroupOutcome.Invalid invalid => ApiError.Invalid(invalid.Field, invalid.Reason),
        _ => throw new ArgumentOutOfRangeException(nameof(outcome)),
    };

    /// <summary>GitLab's word for who makes projects in a group.</summary>
    internal static string CreationWord(long level) => CreationLevels.First(known => (long)known.Level == level).Word;

    internal static AccessLevel? CreationLevel(string? word)
    {
        foreach (var (known, level) in CreationLevels)
        {
            if (known == word)
                return level;
        }
        return null;
    }

    internal sealed record GroupBody(
        string? Name, string? Path, string? Description, string? Visibility, long? ParentId, string? ProjectCreationLevel, bool? PushCreatesProjects);
}

using Berth.Server.Access;
using Berth.Server.Access.Accounts;
using Berth.Server.Configuration;
using Berth.Server.Http;

namespace Berth.Server.Projects;

/// <summary>/api/v4/groups/:id/members and /api/v4/projects/:id/members, as GitLab's; /all is with those of the groups above.</summary>
internal static class MemberEndpoints
{
    private const TokenScopes Reads = TokenScopes.Api | TokenScopes.ReadApi;

    public static void MapMembers(this IEndpointRouteBuilder routes)
    {
        const string Group = "/api/v4/groups/{id}/members";
        const string Project = "/api/v4/projects/{id}/members";
        routes.MapGet(Group, (GroupAccess access, HttpContext context, Members members, BerthSettings settings) => List(MemberPlace.Of(access), MemberListing.Own, context, members, settings)).WithSummary("Lists a group's own members").Produces<ApiMember[]>().WithMetadata(new AccessRule.Group(Reads, AccessLevel.None)).WithMetadata(ApiParameter.Paging);
        routes.MapGet(Group + "/all", (GroupAccess access, HttpContext context, Members members, BerthSettings settings) => List(MemberPlace.Of(access), MemberListing.Effective, context, members, settings)).WithSummary("Lists a group's members, inherited ones too").Produces<ApiMember[]>().WithMetadata(new AccessRule.Group(Reads, AccessLevel.None)).WithMetadata(ApiParameter.Paging);
        routes.MapGet(Group + "/{user:long}", (GroupAccess access, long user, Members members, BerthSettings settings, CancellationToken cancel) => Get(MemberPlace.Of(access), MemberListing.Own, user, members, settings, cancel)).WithSummary("Shows a member of a group").Produces<ApiMember>().WithMetadata(new AccessRule.Group(Reads, AccessLevel.None));
        routes.MapGet(Group + "/all/{user:long}", (GroupAccess access, long user, Members members, BerthSettings settings, CancellationToken cancel) => Get(MemberPlace.Of(access), MemberListing.Effective, user, members, settings, cancel)).WithSummary("Shows a member of a group, an inherited one too").Produces<ApiMember>().WithMetadata(new AccessRule.Group(Reads, AccessLevel.None));
        routes.MapPost(Group, (GroupAccess access, MemberBody body, Members members, Users users, BerthSettings settings, TimeProvider time, CancellationToken cancel) => Add(MemberPlace.Of(access), body, members, users, settings, time, cancel)).WithSummary("Adds members to a group").Produces<ApiMember>(201).WithMetadata(new AccessRule.Group(TokenScopes.Api, AccessLevel.Owner));
        routes.MapPut(Group + "/{user:long}", (GroupAccess access, long user, MemberBody body, Members members, BerthSettings settings, TimeProvider time) => Change(MemberPlace.Of(access), user, body, members, settings, time)).WithSummary("Changes a member of a group").Produces<ApiMember>().WithMetadata(new AccessRule.Group(TokenScopes.Api, AccessLevel.Owner));
        routes.MapDelete(Group + "/{user:long}", (GroupAccess access, long user, Members members, BerthSettings settings) => Remove(MemberPlace.Of(access), user, members, settings)).WithSummary("Removes a member from a group").Produces(204).WithMetadata(new AccessRule.Group(TokenScopes.Api, AccessLevel.None));
        routes.MapGet(Project, (ProjectAccess access, HttpContext context, Members members, BerthSettings settings) => List(MemberPlace.Of(access), MemberListing.Own, context, members, settings)).WithSummary("Lists a project's own members").Produces<ApiMember[]>().WithMetadata(new AccessRule.Project(Reads, AccessLevel.None)).WithMetadata(ApiParameter.Paging);
        routes.MapGet(Project + "/all", (ProjectAccess access, HttpContext context, Members members, BerthSettings settings) => List(MemberPlace.Of(access), MemberListing.Effective, context, members, settings)).WithSummary("Lists a project's members, inherited ones too").Produces<ApiMember[]>().WithMetadata(new AccessRule.Project(Reads, AccessLevel.None)).WithMetadata(ApiParameter.Paging);
        routes.MapGet(Project + "/{user:long}", (ProjectAccess access, long user, Members members, BerthSettings settings, CancellationToken cancel) => Get(MemberPlace.Of(access), MemberListing.Own, user, members, settings, cancel)).WithSummary("Shows a member of a project").Produces<ApiMember>().WithMetadata(new AccessRule.Project(Reads, AccessLevel.None));
        routes.MapGet(Project + "/all/{user:long}", (ProjectAccess access, long user, Members members, BerthSettings settings, CancellationToken cancel) => Get(MemberPlace.Of(access), MemberListing.Effective, user, members, settings, cancel)).WithSummary("Shows a member of a project, an inherited one too").Produces<ApiMember>().WithMetadata(new AccessRule.Project(Reads, AccessLevel.None));
        routes.MapPost(Project, (ProjectAccess access, MemberBody body, Members members, Users users, BerthSettings settings, TimeProvider time, CancellationToken cancel) => Add(MemberPlace.Of(access), body, members, users, settings, time, cancel)).WithSummary("Adds members to a project").Produces<ApiMember>(201).WithMetadata(new AccessRule.Project(TokenScopes.Api, AccessLevel.Maintainer));
        routes.MapPut(Project + "/{user:long}", (ProjectAccess access, long user, MemberBody body, Members members, BerthSettings settings, TimeProvider time) => Change(MemberPlace.Of(access), user, body, members, settings, time)).WithSummary("Changes a member of a project").Produces<ApiMember>().WithMetadata(new AccessRule.Project(TokenScopes.Api, AccessLevel.Maintainer));
        routes.MapDelete(Project + "/{user:long}", (ProjectAccess access, long user, Members members, BerthSettings settings) => Remove(MemberPlace.Of(access), user, members, settings)).WithSummary("Removes a member from a project").Produces(204).WithMetadata(new AccessRule.Project(TokenScopes.Api, AccessLevel.None));
    }

    private static async Task<IResult> List(MemberPlace place, MemberListing listing, HttpContext context, Members members, BerthSettings settings)
    {
        var page = ApiPage.Of(context.Request);
        var (rows, counted) = await members.List(place, listing, LikePattern.Holding(context.Request.Query["query"]), page, context.RequestAborted);
        page.WriteHeaders(context, settings, counted);
        return Results.Json(rows.Select(row => new ApiMember(row, settings)));
    }

    private static async Task<IResult> Get(MemberPlace place, MemberListing listing, long user, Members members, BerthSettings settings, CancellationToken cancellationToken) =>
        user > 0 && await members.Find(place, listing, user, cancellationToken) is { } member ? Results.Json(new ApiMember(member, settings)) : ApiError.Of(404, "404 Not found");

    private static async Task<IResult> Add(MemberPlace place, MemberBody body, Members members, Users users, BerthSettings settings, TimeProvider time, CancellationToken cancellationToken)
    {
        if (body.UserId is null == body.Username is null)
            return ApiError.BadRequest("user_id, username are missing, exactly one parameter must be provided");
        if (Refusal(body, time, out var level, out var expires) is { } refused)
            return refused;
        var user = body.UserId is { } id ? await users.Find(id, cancellationToken) : await users.FindByName(body.Username!, cancellationToken);
        // The bot of a token is a member of its own project or group alone.
        return user is null or { IsBot: true } ? ApiError.NotFound("User") : Answer(await members.Add(place, user, level, expires), settings, 201);
    }

    private static async Task<IResult> Change(MemberPlace place, long user, MemberBody body, Members members, BerthSettings settings, TimeProvider time) =>
        Refusal(body, time, out var level, out var expires) ?? Answer(await members.Change(place, user, level, before => body.ExpiresAt is null ? before : expires), settings, 200);

    private static async Task<IResult> Remove(MemberPlace place, long user, Members members, BerthSettings settings) =>
        await members.Remove(place, user) is var outcome and not MemberOutcome.Done ? Answer(outcome, settings, 0) : Results.NoContent();

    private static IResult? Refusal(MemberBody body, TimeProvider time, out AccessLevel level, out long? expires)
    {
        (level, expires) = ((AccessLevel)(body.AccessLevel ?? 0), null);
        if (body.AccessLevel is null)
            return ApiError.BadRequest("access_level is missing");
        if (!MemberTerms.Roles.Contains(level))
            return ApiError.BadRequest("access_level does not have a valid value");
        (expires, var isMalformed, var refusal) = MemberTerms.ReadEnd(body.ExpiresAt, time);
        if (refusal is null)
            return null;
        return isMalformed ? ApiError.BadRequest($"expires_at {refusal}") : ApiError.Invalid("expires_at", refusal);
    }

    private static IResult Answer(MemberOutcome outcome, BerthSettings settings, int status) => outcome switch
    {
        MemberOutcome.Done done => Results.Json(new ApiMember(done.Member, settings), statusCode: status),
        MemberOutcome.Exists => ApiError.Of(409, "Member already exists"),
        MemberOutcome.Missing => ApiError.Of(404, "404 Not found"),
        MemberOutcome.Forbidden forbidden => ApiError.Of(403, $"403 Forbidden - {forbidden.Reason}"),
        _ => throw new ArgumentOutOfRangeException(nameof(outcome)),
    };

    internal sealed record MemberBody(long? UserId, string? Username, int? AccessLevel, string? ExpiresAt);
}

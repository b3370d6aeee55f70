using Berth.Server.Access.Login;
using Berth.Server.Configuration;
using Berth.Server.Http;

namespace Berth.Server.Access.Accounts;

/// <summary>/api/v4/user and /api/v4/users, as GitLab's.</summary>
internal static class UserEndpoints
{
    public static void MapUsers(this IEndpointRouteBuilder routes)
    {
        var read = new AccessRule.Api(TokenScopes.Api | TokenScopes.ReadApi | TokenScopes.ReadUser);
        var administer = new AccessRule.Api(TokenScopes.Api, Admin: true);
        routes.MapGet("/api/v4/user", Current).WithSummary("Shows who calls").Produces<ApiWholeUser>().WithMetadata(read);
        routes.MapPut("/api/v4/user/password", ChangeOwnPassword).WithSummary("Changes one's own password").Produces(204).WithMetadata(new AccessRule.Api(TokenScopes.Api));
        routes.MapGet("/api/v4/users", List).WithSummary("Lists users").Produces<ApiUser[]>().WithMetadata(read).WithMetadata(ApiParameter.Paging);
        routes.MapPost("/api/v4/users", Create).WithSummary("Makes a user").Produces<ApiWholeUser>(201).WithMetadata(administer);
        routes.MapGet("/api/v4/users/{userId:long}", Get).WithSummary("Shows a user").Produces<ApiUser>().WithMetadata(read);
        routes.MapPut("/api/v4/users/{userId:long}", Change).WithSummary("Changes a user").Produces<ApiWholeUser>().WithMetadata(administer);
        routes.MapDelete("/api/v4/users/{userId:long}", Delete).WithSummary("Deletes a user").Produces(204).WithMetadata(administer);
        routes.MapPost("/api/v4/users/{userId:long}/block", (ApiAccess access, long userId, Users users) => SetBlocked(access, userId, true, users)).WithSummary("Blocks a user").Produces<bool>(201).WithMetadata(administer);
        routes.MapPost("/api/v4/users/{userId:long}/unblock", (ApiAccess access, long userId, Users users) => SetBlocked(access, userId, false, users)).WithSummary("Unblocks a user").Produces<bool>(201).WithMetadata(administer);
    }

    private static async Task<IResult> Current(ApiAccess access, Users users, BerthSettings settings, CancellationToken cancellationToken) =>
        await users.Find(access.Caller.UserId!.Value, cancellationToken) is { } user ? Results.Json(new ApiWholeUser(user, settings)) : ApiError.NotFound("User");

    private static async Task<IResult> List(ApiAccess access, HttpContext context, Users users, BerthSettings settings, CancellationToken cancellationToken)
    {
        var page = ApiPage.Of(context.Request);
        var (filter, refusal) = UserFilter.Read(context.Request.Query, page, access.Caller);
        if (filter is null)
            return refusal!;
        var (rows, counted) = await Find(context.Request.Query["username"], filter, access, users, cancellationToken);
        page.WriteHeaders(context, settings, counted);
        return Results.Json(rows.Select(object (row) => View(row, access, settings)));
    }

    /// <summary>By the whole name, which clients use to find one user, or by everything else.</summary>
    private static async Task<(List<UserRow> Rows, int Counted)> Find(string? username, UserFilter filter, ApiAccess access, Users users, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(username))
            return await users.List(filter, cancellationToken);
        return await users.FindByName(username, cancellationToken) is { } user && IsShown(user, access) ? ([user], 1) : ([], 0);
    }

    private static async Task<IResult> Get(ApiAccess access, long userId, Users users, BerthSettings settings, CancellationToken cancellationToken) =>
        await users.Find(userId, cancellationToken) is { } user && IsShown(user, access) ? Results.Json<object>(View(user, access, settings)) : ApiError.NotFound("User");

    private static async Task<IResult> Create(ApiAccess access, UserBody body, Users users, BerthSettings settings, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(body.Username))
            return ApiError.BadRequest("username is missing");
        if (body.Refusal() is { } refused)
            return refused.ToResult();
        var id = await users.Create(access, new NewUser(body.Username, body.Name ?? body.Username, body.Email, body.Password, body.Admin ?? false), cancellationToken);
        return id is { } made
            ? Results.Json(new ApiWholeUser((await users.Find(made, cancellationToken))!, settings), statusCode: 201)
            : ApiError.Of(409, "Username has already been taken");
    }

    private static async Task<IResult> Change(ApiAccess access, long userId, UserBody body, Users users, BerthSettings settings, CancellationToken cancellationToken)
    {
        if (body.Refusal() is { } refused)
            return refused.ToResult();
        var changes = new UserChanges(body.Username, string.IsNullOrWhiteSpace(body.Name) ? null : body.Name, body.Email, body.Password, body.Admin);
        return await users.Change(access, userId, changes, cancellationToken) is var outcome and not UserOutcome.Done
            ? Refused(outcome)
            : Results.Json(new ApiWholeUser((await users.Find(userId, cancellationToken))!, settings));
    }

    private static async Task<IResult> Delete(ApiAccess access, long userId, Users users) =>
        await users.Delete(access, userId) is var outcome and not UserOutcome.Done ? Refused(outcome) : Results.NoContent();

    private static async Task<IResult> SetBlocked(ApiAccess access, long userId, bool blocked, Users users) =>
        await users.SetBlocked(access, userId, blocked) is var outcome and not UserOutcome.Done ? Refused(outcome) : Results.Json(true, statusCode: 201);

    /// <summary>Ours: GitLab has it on a page alone. The old password is asked for, so that no token makes itself one that outlives it.</summary>
    private static async Task<IResult> ChangeOwnPassword(ApiAccess access, PasswordBody body, Credentials credentials, Users users, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(body.CurrentPassword) || string.IsNullOrEmpty(body.Password))
            return ApiError.BadRequest("current_password, password are missing");
        if (BadPassword(body.Password) is { } refused)
            return refused;
        if (await credentials.FindPassword(access.Caller.Username, body.CurrentPassword, access.Caller.Address, cancellationToken) is not { } proven)
            return ApiError.Invalid("current_password", "is wrong");
        await users.ChangeOwnPassword(proven with { Address = access.Caller.Address }, body.Password, cancellationToken);
        return Results.NoContent();
    }

    private static IResult? BadPassword(string password) => Passwords.Refusal(password) is { } reason ? ApiError.Invalid("password", reason) : null;

    private static IResult Refused(UserOutcome outcome) => outcome switch
    {
        UserOutcome.Missing => ApiError.NotFound("User"),
        UserOutcome.Forbidden forbidden => ApiError.Of(403, $"403 Forbidden - {forbidden.Reason}"),
        UserOutcome.Invalid invalid => ApiError.Invalid(invalid.Field, invalid.Reason),
        UserOutcome.Conflict conflict => ApiError.Of(409, conflict.Reason),
        _ => throw new ArgumentOutOfRangeException(nameof(outcome)),
    };

    private static bool IsShown(UserRow user, ApiAccess access) => !user.IsBot || access.Caller.IsAdmin || user.Id == access.Caller.UserId;

    private static ApiUser View(UserRow user, ApiAccess access, BerthSettings settings) =>
        access.Caller.IsAdmin || user.Id == access.Caller.UserId ? new ApiWholeUser(user, settings) : new ApiUser(user, settings);

    internal sealed record UserBody(string? Username, string? Name, string? Email, string? Password, bool? Admin)
    {
        public FieldRefusal? Refusal() => UserFields.Refusal(Username, Name, Email, Password);
    }

    internal sealed record PasswordBody(string? CurrentPassword, string? Password);
}

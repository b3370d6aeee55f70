using System.Globalization;
using Berth.Server.Database;
using Berth.Server.Http;

namespace Berth.Server.Access;

/// <summary>/api/v4/user and /api/v4/users, as GitLab's.</summary>
internal static class UserEndpoints
{
    private const int MinPasswordLength = 8;

    public static void MapUsers(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v4/user", Current).WithMetadata(new AccessRule.Api(TokenScopes.Api | TokenScopes.ReadApi | TokenScopes.ReadUser));
        routes.MapPost("/api/v4/users", Create).WithMetadata(new AccessRule.Api(TokenScopes.Api, Admin: true));
    }

    private static async Task<IResult> Current(ApiAccess access, Users users, CancellationToken cancellationToken) =>
        await users.Find(access.Caller.UserId!.Value, cancellationToken) is { } user ? Results.Json(View(user)) : ApiError.NotFound("User");

    private static async Task<IResult> Create(ApiAccess access, NewUserBody body, Users users, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(body.Username))
            return Results.Json(new { error = "username is missing" }, statusCode: 400);
        if (NamespacePath.Refusal(body.Username) is { } refusal)
            return ApiError.Invalid("username", refusal);
        if (PlainText.Refusal(body.Name) is { } badName)
            return ApiError.Invalid("name", badName);
        if (PlainText.Refusal(body.Email) is { } badEmail)
            return ApiError.Invalid("email", badEmail);
        if (body.Password is { Length: < MinPasswordLength })
            return ApiError.Invalid("password", $"is too short (minimum is {MinPasswordLength} characters)");
        var id = await users.Create(access, new NewUser(body.Username, body.Name ?? body.Username, body.Email, body.Password, body.Admin), cancellationToken);
        return id is { } made
            ? Results.Json(View((await users.Find(made, cancellationToken))!), statusCode: 201)
            : ApiError.Of(409, "Username has already been taken");
    }

    private static object View(UserRow user) => new
    {
        id = user.Id,
        username = user.Username,
        name = user.Name,
        email = user.Email,
        state = user.State == 1 ? "active" : "blocked",
        is_admin = user.IsAdmin != 0,
        created_at = Clock.FromMicros(user.CreatedAt).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
    };

    internal sealed record NewUserBody(string? Username, string? Name, string? Email, string? Password, bool Admin);
}

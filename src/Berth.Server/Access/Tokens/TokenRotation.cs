using Berth.Server.Http;

namespace Berth.Server.Access.Tokens;

/// <summary>Replacing a token, as every route for it answers: GitLab's statuses.</summary>
internal sealed class TokenRotation(AccessTokens tokens, TokenLifetimes lifetimes, TimeProvider time)
{
    /// <param name="by">Who asks.</param>
    /// <param name="id">Of the token.</param>
    /// <param name="theirs">Whether the caller may replace it.</param>
    /// <param name="body">The last day of the new one.</param>
    /// <param name="missing">The answer where there is no such token.</param>
    public async Task<IResult> Answer(Caller by, long id, Func<AccessTokenRow, bool> theirs, RotateBody? body, IResult missing)
    {
        var (expiresAt, refusal) = lifetimes.ForRotated(body?.ExpiresAt);
        if (refusal is not null)
            return ApiError.Invalid("expires_at", refusal);
        var (outcome, row, secret) = await tokens.Rotate(by, id, theirs, expiresAt);
        return outcome switch
        {
            RotateOutcome.Rotated => Results.Json(new ApiAccessToken(row!, time, secret)),
            RotateOutcome.NotFound => missing,
            RotateOutcome.Revoked => ApiError.Of(401, "401 Unauthorized - the token was revoked"),
            RotateOutcome.Expired => ApiError.Of(401, "401 Unauthorized - the token has expired"),
            _ => throw new InvalidOperationException($"No outcome is {outcome}."),
        };
    }
}

namespace Berth.Server.Web.Account;

/// <summary>A token in a list, never with its secret. Times in microseconds; <c>Role</c> for those of projects and groups.</summary>
public sealed record TokenLine(long Id, string Name, string Scopes, long CreatedAt, long? LastUsedAt, long? ExpiresAt, string? Role);

/// <summary>A token that was made just now, the one time that it is shown; <c>Username</c> is what docker login takes with it.</summary>
public sealed record NewTokenView(string Name, string Secret, string Username, string Registry);

/// <summary>One's own tokens. <c>LastDay</c>: the latest on which a token may end.</summary>
public sealed record OwnTokensView(IReadOnlyList<TokenLine> Tokens, string? Next, FormView Form, IReadOnlyList<Choice> Scopes, string LastDay, NewTokenView? Made);

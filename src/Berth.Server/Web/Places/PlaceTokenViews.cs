using Berth.Server.Web.Account;

namespace Berth.Server.Web.Places;

/// <summary>The access tokens of a project or group. <c>LastDay</c>: the latest on which one may end.</summary>
public sealed record PlaceTokensView(PlaceFrame Frame, IReadOnlyList<TokenLine> Tokens, string? Next, FormView Form, IReadOnlyList<Choice> Scopes, IReadOnlyList<Choice> Roles, string LastDay, NewTokenView? Made);

/// <summary>The deploy tokens of a project or group; <c>Path</c> is the page's own.</summary>
public sealed record DeployTokensView(PlaceFrame Frame, IReadOnlyList<DeployTokenLine> Tokens, string? Next, FormView Form, IReadOnlyList<Choice> Scopes, NewTokenView? Made);

/// <summary>A deploy token in a list, never with its secret. Times in microseconds.</summary>
public sealed record DeployTokenLine(long Id, string Name, string Username, string Scopes, long CreatedAt, long? ExpiresAt);

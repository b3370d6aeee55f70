using Berth.Server.Access.Pages;

namespace Berth.Server.Web;

/// <summary>Who looks at a page, and when.</summary>
/// <param name="Username">Null if they are not signed in.</param>
/// <param name="FormToken">What forms of this page carry.</param>
/// <param name="Now">The time that relative times start from.</param>
public sealed record Viewer(string? Username, string FormToken, DateTimeOffset Now)
{
    /// <summary>What the page says once about what was done before it.</summary>
    public string? Note { get; init; }

    /// <summary>Whether the pages of administration are theirs.</summary>
    public bool IsAdmin { get; init; }

    internal static Viewer Of(Session? session, TimeProvider time) =>
        new(session?.Caller.Username, session is null ? "" : FormTokens.Of(session.Secret), time.GetUtcNow()) { IsAdmin = session?.Caller.IsAdmin ?? false };
}

using Berth.Server.Access.Pages;

namespace Berth.Server.Access;

/// <summary>The right to see the pages of everyone who is signed in, or of administrators, and who looks. Only the authoriser makes it.</summary>
internal sealed class PageAccess
{
    private PageAccess(Session session, AccessRule.Page rule) => (Session, Api) = (session, ApiAccess.Grant(session.Caller, new AccessRule.Api(TokenScopes.All, rule.Admin)));

    public Session Session { get; }

    public Caller Caller => Session.Caller;

    /// <summary>What such a page may do is what the REST API lets its reader do.</summary>
    public ApiAccess Api { get; }

    public static PageAccess Grant(Session session, AccessRule.Page rule) => new(session, rule);

    public static ValueTask<PageAccess?> BindAsync(HttpContext context) => ValueTask.FromResult(context.Features.Get<PageAccess>());
}

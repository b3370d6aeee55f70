namespace Berth.Server.Access;

/// <summary>The right to see the pages of everyone who is signed in, and who looks. Only the authoriser makes it.</summary>
internal sealed class PageAccess
{
    private PageAccess(Session session) => Session = session;

    public Session Session { get; }

    public Caller Caller => Session.Caller;

    public static PageAccess Grant(Session session) => new(session);

    public static ValueTask<PageAccess?> BindAsync(HttpContext context) => ValueTask.FromResult(context.Features.Get<PageAccess>());
}

using Berth.Server.Access.Pages;
using Berth.Server.Access.Places;

namespace Berth.Server.Access;

/// <summary>
/// The right to see a page of one group or of one user's namespace, who looks (anonymous where it is public), and what else they may
/// there. Only the authoriser makes it, out of a decision that allowed it.
/// </summary>
internal sealed class PlacePageAccess
{
    private PlacePageAccess(PlaceRow place, AccessLevel role, Caller caller, Session? session) => (Place, Role, Caller, Session) = (place, role, caller, session);

    public PlaceRow Place { get; }

    public Caller Caller { get; }

    public AccessLevel Role { get; }

    /// <summary>Null for visitors who have not signed in.</summary>
    public Session? Session { get; }

    public bool IsMember => Place.OwnerId is null && Has(AccessLevel.Guest);

    /// <summary>May make subgroups.</summary>
    public bool Maintains => Place.OwnerId is null && Has(AccessLevel.Maintainer);

    public bool Owns => Place.OwnerId is null && Has(AccessLevel.Owner);

    /// <summary>May see how much its images hold.</summary>
    public bool SeesUsage => Place.OwnerId is null && Has(AccessLevel.Reporter);

    public static PlacePageAccess Grant(Decision decision, PlaceRow place, AccessLevel role, Caller caller, Session? session) => decision.Allowed
        ? new PlacePageAccess(place, role, caller, session)
        : throw new InvalidOperationException("A refused decision opens no page.");

    public static ValueTask<PlacePageAccess?> BindAsync(HttpContext context) => ValueTask.FromResult(context.Features.Get<PlacePageAccess>());

    private bool Has(AccessLevel role) => Decision.InGroupApi(Caller, Place.Facts, Role, role).Allowed;
}

using Berth.Server.Access.Places;

namespace Berth.Server.Access;

/// <summary>
/// The right to call a route of the REST API that belongs to one group, and who calls. Only the authoriser makes it, out of a
/// decision that allowed it.
/// </summary>
internal sealed class GroupAccess
{
    private GroupAccess(GroupRow group, AccessLevel role, Caller caller) => (Group, Role, Caller) = (group, role, caller);

    public GroupRow Group { get; }

    /// <summary>The caller's role there; administrators count as owners.</summary>
    public AccessLevel Role { get; }

    public Caller Caller { get; }

    public static GroupAccess Grant(Decision decision, GroupRow group, AccessLevel role, Caller caller) => decision.Allowed
        ? new GroupAccess(group, caller.IsAdmin ? AccessLevel.Owner : role, caller)
        : throw new InvalidOperationException("A refused decision opens no group.");

    public static ValueTask<GroupAccess?> BindAsync(HttpContext context) => ValueTask.FromResult(context.Features.Get<GroupAccess>());
}

using Berth.Server.Access.Audit;

namespace Berth.Server.Access.Tokens;

/// <summary>
/// The project or group that tokens belong to, and who may make them there: made only from the right to call a route of it.
/// </summary>
internal sealed record TokenOwner
{
    private TokenOwner(Caller caller, AccessLevel role) => (Caller, Role) = (caller, role);

    public Caller Caller { get; }

    /// <summary>The caller's there: no token gets a higher one.</summary>
    public AccessLevel Role { get; }

    public long? ProjectId { get; private init; }

    public long? NamespaceId { get; private init; }

    public long Id => ProjectId ?? NamespaceId!.Value;

    /// <summary>In names of bots, in replies and in the record of changes.</summary>
    public string Word => ProjectId is null ? "group" : "project";

    public required AuditEntity Entity { get; init; }

    public static TokenOwner Of(ProjectAccess access) =>
        new(access.Caller, access.Role) { ProjectId = access.Project.Id, Entity = AuditEntity.Project(access.Project) };

    public static TokenOwner Of(GroupAccess access) =>
        new(access.Caller, access.Role) { NamespaceId = access.Group.Id, Entity = AuditEntity.Group(access.Group.Id, access.Group.FullPath) };
}

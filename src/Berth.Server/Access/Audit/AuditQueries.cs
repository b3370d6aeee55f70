namespace Berth.Server.Access.Audit;

/// <summary>The SQL of audit events.</summary>
internal static class AuditQueries
{
    public const string Insert = """
        insert into audit_events (at, actor_id, actor_name, credential, address, action, entity_kind, entity_id, entity_path, target_kind, target_id, target_name, details)
        values (@at, @actorId, @actorName, @credential, @address, @action, @entityKind, @entityId, @entityPath, @targetKind, @targetId, @targetName, @details)
        """;

    private const string Columns = """
        id as Id, at as At, actor_id as ActorId, actor_name as ActorName, credential as Credential, address as Address, action as Action, entity_kind as EntityKind,
        entity_id as EntityId, entity_path as EntityPath, target_kind as TargetKind, target_id as TargetId, target_name as TargetName, details as Details
        """;

    private const string InPage = """
        id < @before and id >= @least and at >= @createdAfter and at <= @createdBefore and (@kind = '' or entity_kind = @kind) and (@actor = 0 or actor_id = @actor)
        order by id desc limit @limit offset @skip
        """;

    public const string Page = $"select {Columns} from audit_events where {InPage}";

    public const string PageOfEntity = $"select {Columns} from audit_events where entity_kind = @kind and entity_id = @entity and {InPage}";

    public const string PageOfActor = $"select {Columns} from audit_events where actor_id = @actor and {InPage}";

    public const string ById = $"select {Columns} from audit_events where id = @id";

    public const string LastUntil = "select id from audit_events where at <= @at order by at desc, id desc limit 1";

    public const string FirstSince = "select id from audit_events where at >= @at order by at, id limit 1";

    public const string DeleteOld = "delete from audit_events where id in (select id from audit_events where at < @at order by at, id limit @limit)";
}

namespace Berth.Server.Access;

/// <summary>The SQL of audit events.</summary>
internal static class AuditQueries
{
    public const string Insert = """
        insert into audit_events (at, actor_id, actor_name, credential, address, action, entity_kind, entity_id, entity_path, target_kind, target_id, target_name, details)
        values (@at, @actorId, @actorName, @credential, @address, @action, @entityKind, @entityId, @entityPath, @targetKind, @targetId, @targetName, @details)
        """;
}

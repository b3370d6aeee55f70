using System.Text.Json.Nodes;

namespace Berth.Server.Access.Audit;

/// <summary>An audit event as GitLab's API shows it.</summary>
internal sealed class ApiAuditEvent(AuditEventRow row)
{
    /// <summary>GitLab's name for what belongs to no user, group or project.</summary>
    public const string InstanceType = "Gitlab::Audit::InstanceScope";

    public long Id => row.Id;

    /// <summary>-1: no user.</summary>
    public long AuthorId => row.ActorId ?? -1;
    public long EntityId => row.EntityId;
    public string EntityType => row.EntityKind == AuditEntity.Instance.Kind ? InstanceType : char.ToUpperInvariant(row.EntityKind[0]) + row.EntityKind[1..];
    public string EventName => row.Action;

    /// <summary>What each kind of event has to tell, and who, what and whence of all.</summary>
    public JsonObject Details
    {
        get
        {
            var details = JsonNode.Parse(row.Details)!.AsObject();
            details["author_name"] = row.ActorName;
            details["author_credential"] = row.Credential;
            details["target_type"] = row.TargetKind.Length > 0 ? row.TargetKind : row.EntityKind;
            details["target_id"] = row.TargetKind.Length > 0 ? row.TargetId : row.EntityId;
            details["target_details"] = row.TargetKind.Length > 0 ? row.TargetName : row.EntityPath;
            details["ip_address"] = row.Address;
            details["entity_path"] = row.EntityPath;
            return details;
        }
    }

    public string CreatedAt => ApiTime.Of(row.At);
}

using System.Text.Json;
using Berth.Server.Database;

namespace Berth.Server.Access.Audit;

/// <summary>
/// The record of who changed what. An event is written in the transaction that makes the change, so neither is without the other:
/// <code>
/// database.Write(transaction =>
/// {
///     … the change …
///     AuditEvents.Record(transaction, new(now, access.Caller, "token.revoke", AuditEntity.Project(access.Project))
///     {
///         Target = new("deploy_token", id, name),
///         Details = new { scopes = scopes.Names() },
///     });
/// });
/// </code>
/// The caller that an access value carries knows the request's address. Only what changes a right or a credential is recorded, never
/// what anyone can cause without a credential, so nobody can fill the disk.
/// </summary>
internal static class AuditEvents
{
    /// <summary>Characters of a name or path, and of the details: the longest path has 255, lists of scopes and tags some hundreds.</summary>
    private const int MaxText = 255;

    private const int MaxDetails = 4096;

    public static void Record(WriteTransaction transaction, AuditEvent happened)
    {
        var details = happened.Details is null ? "{}" : JsonSerializer.Serialize(happened.Details);
        transaction.Execute(AuditQueries.Insert, new
        {
            at = happened.At,
            actorId = happened.By.UserId,
            actorName = PlainText.Shown(happened.By.Name, MaxText),
            credential = happened.By.Credential,
            address = happened.By.Address?.ToString(),
            action = happened.Action,
            entityKind = happened.On.Kind,
            entityId = happened.On.Id,
            entityPath = PlainText.Shown(happened.On.Path, MaxText),
            targetKind = happened.Target.Kind ?? "",
            targetId = happened.Target.Id,
            targetName = PlainText.Shown(happened.Target.Name, MaxText),
            details = details.Length <= MaxDetails ? details : """{"details":"too long to be kept"}""",
        });
    }
}

using System.Net;
using Berth.Server.Access.Audit;
using Berth.Server.Database;

namespace Berth.Server.Access.Tokens;

/// <summary>
/// Tokens that followed each other by rotation. Who shows one that was replaced has kept or stolen it, and the thief may have been the
/// one who rotated: so the whole family ends. A token that was only revoked ends nothing more.
/// </summary>
internal sealed class TokenFamilies(MetadataDatabase database, TimeProvider time, ILogger<TokenFamilies> log)
{
    /// <summary>Ends the family of a replaced token that was shown again. Where nothing of it lives, nothing is written.</summary>
    public async Task EndFor(long tokenId, IPAddress? address, CancellationToken cancellationToken)
    {
        await using (var connection = await database.OpenRead(cancellationToken))
        {
            var token = await connection.QueryFirstOrDefault<AccessTokenRow>(AccessTokenQueries.ById, new { id = tokenId }, cancellationToken);
            if (token is null || await connection.QueryFirstOrDefault<long?>(AccessTokenQueries.AnyLiveOfFamily, new { family = token.Family }, cancellationToken) is null)
                return;
        }
        var now = time.Micros();
        // Not at once with what the read saw: in the transaction it is looked at again.
        if (await database.Write(transaction => transaction.QueryFirstOrDefault<AccessTokenRow>(AccessTokenQueries.ById, new { id = tokenId }) is { } token && Revoke(transaction, token, AuditActor.System with { Address = address }, now)))
            log.TokenFamilyRevoked(tokenId);
    }

    /// <summary>False if no token of the family was alive.</summary>
    public static bool Revoke(WriteTransaction transaction, AccessTokenRow reused, AuditActor by, long now)
    {
        if (transaction.Execute(AccessTokenQueries.RevokeFamily, new { family = reused.Family, now }) == 0)
            return false;
        if (reused.IsOfBot)
            Bots.End(transaction, reused.UserId);
        AuditEvents.Record(transaction, AccessTokens.EventOf(transaction, reused, by, "token.reuse", now));
        return true;
    }
}

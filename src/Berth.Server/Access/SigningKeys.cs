using System.Security.Cryptography;
using Berth.Server.Database;
using Microsoft.IdentityModel.Tokens;

namespace Berth.Server.Access;

/// <summary>The ES256 keys of registry tokens: one signs, all that are not retired verify. Made on first use, kept encrypted.</summary>
internal sealed class SigningKeys
{
    private const string Purpose = "signing_keys.private_key";

    private SigningKeys(IReadOnlyList<ECDsaSecurityKey> keys) => All = keys;

    /// <summary>The keys that verify; the first one signs.</summary>
    public IReadOnlyList<ECDsaSecurityKey> All { get; }

    public static async Task<SigningKeys> Load(MetadataDatabase database, SecretBox box, TimeProvider time)
    {
        var now = time.Micros();
        var fresh = Make();
        var rows = await database.Write(transaction =>
        {
            // Held so that replicas which start at once agree on one key.
            transaction.QueryForUpdate<long>(AccessQueries.RightsVersion);
            var found = transaction.Query<SigningKeyRow>(AccessQueries.SigningKeys);
            if (found.Count > 0)
                return found;
            var row = new SigningKeyRow(fresh.Kid, box.Seal(Purpose, fresh.PrivateKey));
            transaction.Execute(AccessQueries.InsertSigningKey, new { row.Kid, row.PrivateKey, now });
            return [row];
        });
        return new SigningKeys([.. rows.Select(row => Open(row, box))]);
    }

    private static (string Kid, byte[] PrivateKey) Make()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return (Base64UrlEncoder.Encode(SHA256.HashData(key.ExportSubjectPublicKeyInfo())), key.ExportPkcs8PrivateKey());
    }

    private static ECDsaSecurityKey Open(SigningKeyRow row, SecretBox box)
    {
        try
        {
            var key = ECDsa.Create();
            key.ImportPkcs8PrivateKey(box.Open(Purpose, row.PrivateKey), out _);
            return new ECDsaSecurityKey(key) { KeyId = row.Kid };
        }
        catch (CryptographicException wrongKey)
        {
            throw new InvalidOperationException("The database was written under another SecretsKey: give that one (its file is secrets.key in the old DataDirectory).", wrongKey);
        }
    }
}

internal sealed record SigningKeyRow(string Kid, byte[] PrivateKey);

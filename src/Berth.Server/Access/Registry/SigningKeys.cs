using System.Security.Cryptography;
using Berth.Server.Access.Audit;
using Berth.Server.Configuration;
using Berth.Server.Database;
using Microsoft.IdentityModel.Tokens;

namespace Berth.Server.Access.Registry;

/// <summary>
/// The ES256 keys of registry tokens, kept encrypted: one signs, all that are not retired verify. A new key is published first and
/// signs after <see cref="PublishedAhead"/>, so that every replica and whoever reads /-/jwks.json knows it by then; the old one
/// verifies until nothing that it signed serves any more.
/// </summary>
internal sealed class SigningKeys
{
    /// <summary>Replicas read the keys every <see cref="ReloadEvery"/>; a key that one of them does not know yet makes it read at once.</summary>
    public static readonly TimeSpan PublishedAhead = TimeSpan.FromMinutes(1);

    public static readonly TimeSpan ReloadEvery = TimeSpan.FromSeconds(10);

    private const string Purpose = "signing_keys.private_key";

    /// <summary>How long a token serves after it was signed: its life, and the upload that it began.</summary>
    private const long ServesFor = RegistryTokens.LifetimeSeconds * Clock.Second + RegistryTokens.UploadGrace;

    private readonly MetadataDatabase _database;
    private readonly SecretBox _box;
    private readonly TimeProvider _time;
    private volatile SigningKey[] _keys = [];
    private long _reloadedAt;

    private SigningKeys(MetadataDatabase database, SecretBox box, TimeProvider time) => (_database, _box, _time) = (database, box, time);

    /// <summary>The keys that verify; newest first.</summary>
    public IReadOnlyList<ECDsaSecurityKey> All => [.. _keys.Select(key => key.Key)];

    /// <summary>What signs now: the newest key whose time has come.</summary>
    public SigningCredentials Signer
    {
        get
        {
            var (keys, now) = (_keys, _time.Micros());
            foreach (var key in keys)
            {
                if (key.SignsFrom <= now)
                    return key.Credentials;
            }
            return keys[^1].Credentials;
        }
    }

    public static async Task<SigningKeys> Load(MetadataDatabase database, SecretBox box, TimeProvider time)
    {
        var keys = new SigningKeys(database, box, time);
        await keys.Reload(CancellationToken.None);
        if (keys._keys.Length > 0)
            return keys;
        var fresh = Make();
        var now = time.Micros();
        await database.Write(transaction =>
        {
            // Held so that replicas which start at once agree on one key.
            transaction.QueryForUpdate<long>(AccessQueries.RightsVersion);
            if (transaction.Query<SigningKeyRow>(AccessQueries.SigningKeys, new { now }).Count == 0)
                keys.Insert(transaction, fresh, now, signsFrom: now);
        });
        await keys.Reload(CancellationToken.None);
        return keys;
    }

    /// <summary>Reads the keys again: those that another replica made, and without those that have retired.</summary>
    public async Task Reload(CancellationToken cancellationToken)
    {
        await using var connection = await _database.OpenRead(cancellationToken);
        var rows = await connection.Query<SigningKeyRow>(AccessQueries.SigningKeys, new { now = _time.Micros() }, cancellationToken);
        var known = _keys.ToDictionary(key => key.Key.KeyId);
        _keys = [.. rows.Select(row => known.TryGetValue(row.Kid, out var open) ? open : Open(row))];
    }

    /// <summary>Whether a key of this name verifies; one that is not known here yet is looked for, at most once a second.</summary>
    public async ValueTask<bool> Knows(string? kid, CancellationToken cancellationToken)
    {
        if (Array.Exists(_keys, key => key.Key.KeyId == kid))
            return true;
        var (now, last) = (_time.Micros(), Interlocked.Read(ref _reloadedAt));
        if (now - last < Clock.Second || Interlocked.CompareExchange(ref _reloadedAt, now, last) != last)
            return false;
        await Reload(cancellationToken);
        return Array.Exists(_keys, key => key.Key.KeyId == kid);
    }

    /// <summary>Makes and publishes the next key. Returns its name; null if <paramref name="olderThan"/> is given and the newest key is not.</summary>
    public async Task<string?> Rotate(AuditActor by, TimeSpan? olderThan)
    {
        var now = _time.Micros();
        if (olderThan is { } most && _keys[0].CreatedAt > now - (long)most.TotalMicroseconds)
            return null;
        var fresh = Make();
        var signsFrom = now + (long)PublishedAhead.TotalMicroseconds;
        var rotated = await _database.Write(transaction =>
        {
            // Held so that of replicas whose schedules come due at once one rotates, and the others find its key.
            transaction.QueryForUpdate<long>(AccessQueries.RightsVersion);
            var newest = transaction.Query<SigningKeyRow>(AccessQueries.SigningKeys, new { now }).FirstOrDefault();
            if (olderThan is { } age && newest is not null && newest.CreatedAt > now - (long)age.TotalMicroseconds)
                return false;
            transaction.Execute(AccessQueries.RetireSigningKeys, new { at = signsFrom + ServesFor });
            transaction.Execute(AccessQueries.DeleteRetiredSigningKeys, new { now });
            Insert(transaction, fresh, now, signsFrom);
            AuditEvents.Record(transaction, new(now, by, "keys.rotate", AuditEntity.Instance) { Target = new("signing_key", null, fresh.Kid), Details = new { before = newest?.Kid } });
            return true;
        });
        await Reload(CancellationToken.None);
        return rotated ? fresh.Kid : null;
    }

    private void Insert(WriteTransaction transaction, (string Kid, byte[] PrivateKey) key, long now, long signsFrom) =>
        transaction.Execute(AccessQueries.InsertSigningKey, new { kid = key.Kid, privateKey = _box.Seal(Purpose, key.PrivateKey), now, signsFrom });

    private static (string Kid, byte[] PrivateKey) Make()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return (Base64UrlEncoder.Encode(SHA256.HashData(key.ExportSubjectPublicKeyInfo())), key.ExportPkcs8PrivateKey());
    }

    private SigningKey Open(SigningKeyRow row)
    {
        try
        {
            var key = ECDsa.Create();
            key.ImportPkcs8PrivateKey(_box.Open(Purpose, row.PrivateKey), out _);
            var named = new ECDsaSecurityKey(key) { KeyId = row.Kid };
            return new SigningKey(named, new SigningCredentials(named, SecurityAlgorithms.EcdsaSha256), row.CreatedAt, row.SignsFrom);
        }
        catch (CryptographicException)
        {
            throw new SettingsException("The database was written under another SecretsKey: give that one (its file is secrets.key in the old DataDirectory).");
        }
    }

    private sealed record SigningKey(ECDsaSecurityKey Key, SigningCredentials Credentials, long CreatedAt, long SignsFrom);
}

internal sealed record SigningKeyRow(string Kid, byte[] PrivateKey, long CreatedAt, long SignsFrom);

using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Berth.Oci;
using Berth.Server.Access.Login;
using Berth.Server.Configuration;
using Berth.Server.Database;
using Berth.Server.Http;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Berth.Server.Access.Registry;

/// <summary>
/// Signs and verifies the tokens of the registry protocol (distribution's token specification): JWTs with ES256 alone, keys of our
/// own set by their kid; jwk, jku and x5c headers mean nothing here. A verified token is remembered by its SHA-256 until it expires.
/// </summary>
internal sealed class RegistryTokens(SigningKeys keys, BerthSettings settings, TimeProvider time)
{
    /// <summary>GitLab's default, container_registry_token_expire_delay.</summary>
    public const int LifetimeSeconds = 300;

    /// <summary>How long after its end a token still serves the upload that it began, in microseconds.</summary>
    public const long UploadGrace = Clock.Day;

    public const string Audience = "container_registry";

    /// <summary>Some 25 MB when full of small tokens; then it starts anew, and each token costs one verification again.</summary>
    private const int MaxRemembered = 50_000;

    private static readonly Dictionary<string, object> CatalogClaim = new() { ["type"] = "registry", ["name"] = "catalog", ["actions"] = new[] { "*" } };

    private readonly JsonWebTokenHandler _handler = new() { SetDefaultTimesOnTokenCreation = false, MaximumTokenSizeInBytes = RequestLimits.MaxTokenChars };
    private readonly ConcurrentDictionary<TokenHash, RegistryToken> _remembered = new();
    private readonly string _issuer = settings.ExternalUrl.GetLeftPart(UriPartial.Authority);

    public (string Token, DateTimeOffset IssuedAt) Issue(Caller caller, IReadOnlyList<RegistryGrant> grants, bool catalog)
    {
        var now = time.GetUtcNow();
        var claims = new Dictionary<string, object>
        {
            ["jti"] = Guid.NewGuid().ToString(),
            ["auth_type"] = caller.Kind.Word(),
            ["credential_id"] = caller.CredentialId,
            ["issued_at_us"] = Clock.Micros(now),
            ["access"] = grants.Select(ToClaim).Concat(catalog ? [CatalogClaim] : []).ToArray(),
        };
        if (!caller.IsAnonymous)
            claims["sub"] = caller.Username;
        var token = _handler.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = _issuer,
            Audience = Audience,
            IssuedAt = now.UtcDateTime,
            NotBefore = now.UtcDateTime.AddSeconds(-5),
            Expires = now.UtcDateTime.AddSeconds(LifetimeSeconds),
            Claims = claims,
            SigningCredentials = keys.Signer,
        });
        return (token, now);
    }

    /// <summary>
    /// The token, if we signed it; null otherwise. It may be expired: see <see cref="RegistryToken.ExpiresAt"/>.
    /// </summary>
    public async ValueTask<RegistryToken?> Verify(ReadOnlyMemory<char> text)
    {
        if (text.Length > RequestLimits.MaxTokenChars)
            return null;
        var hash = TokenHash.Of(text.Span);
        if (_remembered.TryGetValue(hash, out var known))
            return known;
        // To check a signature takes too long for a thread that waits for sockets.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        var token = text.ToString();
        if (!_handler.CanReadToken(token) || !await keys.Knows(KeyOf(token), CancellationToken.None))
            return null;
        var result = await _handler.ValidateTokenAsync(token, new TokenValidationParameters
        {
            ValidIssuer = _issuer,
            ValidAudience = Audience,
            ValidAlgorithms = [SecurityAlgorithms.EcdsaSha256],
            IssuerSigningKeys = keys.All,
            TryAllIssuerSigningKeys = false,
            ValidateLifetime = false,
            RequireExpirationTime = true,
        });
        if (!result.IsValid || Known((JsonWebToken)result.SecurityToken) is not { } verified)
            return null;
        if (_remembered.Count >= MaxRemembered)
            _remembered.Clear();
        if (verified.ExpiresAt > time.Micros())
            _remembered[hash] = verified;
        return verified;
    }

    /// <summary>The name of the key in a token that nobody checked yet; null where it can't be read.</summary>
    private string? KeyOf(string token)
    {
        try
        {
            return _handler.ReadJsonWebToken(token).Kid;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private static Dictionary<string, object> ToClaim(RegistryGrant grant)
    {
        var claim = new Dictionary<string, object>
        {
            ["type"] = "repository",
            ["name"] = grant.Name.ToString(),
            ["actions"] = grant.Actions.Words(),
            ["repository"] = grant.Relative,
        };
        if (grant.ProjectId is { } project)
            claim["project_id"] = project;
        if (grant.NamespaceId is { } @namespace)
            claim["namespace_id"] = @namespace;
        if (grant.ProjectPath is { } path)
            claim["project_path"] = path;
        return claim;
    }

    /// <summary>Null where the claims are others than this version's, though we signed them.</summary>
    private static RegistryToken? Known(JsonWebToken token)
    {
        try
        {
            return Read(token);
        }
        catch (Exception odd) when (odd is KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException)
        {
            return null;
        }
    }

    private static RegistryToken? Read(JsonWebToken token)
    {
        if (!token.TryGetPayloadValue<string>("auth_type", out var word) || !CredentialKindWords.TryParse(word, out var kind)
            || !token.TryGetPayloadValue<long>("credential_id", out var id)
            || !token.TryGetPayloadValue<long>("issued_at_us", out var issuedAt)
            || !token.TryGetPayloadValue<JsonElement>("access", out var access) || access.ValueKind != JsonValueKind.Array)
            return null;
        var claims = access.EnumerateArray().ToLookup(claim => claim.GetProperty("type").GetString());
        return new RegistryToken(kind, id, issuedAt, Clock.Micros(token.ValidTo), [.. claims["repository"].Select(ReadGrant)])
        {
            CoversCatalog = claims["registry"].Any(),
        };
    }

    private static RegistryGrant ReadGrant(JsonElement claim) => new(
        RepositoryName.Parse(claim.GetProperty("name").GetString()!),
        claim.TryGetProperty("project_id", out var project) ? project.GetInt64() : null,
        claim.TryGetProperty("namespace_id", out var @namespace) ? @namespace.GetInt64() : null,
        claim.TryGetProperty("project_path", out var path) ? path.GetString() : null,
        claim.GetProperty("repository").GetString()!,
        claim.GetProperty("actions").EnumerateArray().Aggregate(RegistryActions.None, (all, action) => all | RegistryActionWords.Parse(action.GetString())));

    private readonly record struct TokenHash(ulong A, ulong B, ulong C, ulong D)
    {
        public static TokenHash Of(ReadOnlySpan<char> token)
        {
            Span<byte> ascii = token.Length <= 4096 ? stackalloc byte[token.Length * 3] : new byte[token.Length * 3];
            var length = Encoding.UTF8.GetBytes(token, ascii);
            Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
            SHA256.HashData(ascii[..length], hash);
            var parts = MemoryMarshal.Cast<byte, ulong>(hash);
            return new TokenHash(parts[0], parts[1], parts[2], parts[3]);
        }
    }
}

using Berth.Oci;
using Berth.Server.Access.Login;
using Berth.Server.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace Berth.Server.Access.Registry;

/// <summary>
/// /jwt/auth: gives registry tokens for credentials. GET is distribution's token specification, POST its OAuth2 form; statuses are
/// GitLab's.
/// </summary>
internal static class TokenEndpoints
{
    /// <summary>GitLab's opening words, on which scripts look, then what to do.</summary>
    public const string AccessDenied = "HTTP Basic: Access denied. The user name or password is wrong, or the token is wrong, expired or revoked";

    public static void MapTokens(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/jwt/auth", Get).WithMetadata(new AccessRule.Open("gives tokens for the credentials in the request, and for none what is public"));
        routes.MapPost("/jwt/auth", Post).WithMetadata(new AccessRule.Open("gives tokens for the credentials in the form"));
        routes.MapGet("/-/jwks.json", Keys).WithMetadata(new AccessRule.Open("public keys"));
    }

    private static Task<IResult> Get(HttpContext context, Credentials credentials, RegistryDecisions decisions, RegistryTokens tokens, RateLimits limits)
    {
        var request = context.Request;
        BasicCredentials? basic = null;
        if (request.Headers.Authorization.Count > 0)
        {
            if (!BasicCredentials.TryParse(request.Headers.Authorization, out var given))
                return Task.FromResult<IResult>(RegistryError.Unauthorized(AccessDenied));
            basic = given;
        }
        return Answer(context, request.Query["service"].ToString(), request.Query["scope"], basic, credentials, decisions, tokens, limits);
    }

    private static async Task<IResult> Post(HttpContext context, Credentials credentials, RegistryDecisions decisions, RegistryTokens tokens, RateLimits limits)
    {
        if (!context.Request.HasFormContentType)
            return RegistryError.Unsupported("POST /jwt/auth takes a form (application/x-www-form-urlencoded); or use GET with Basic credentials", status: 415);
        Dictionary<string, StringValues> form;
        try
        {
            form = await new FormPipeReader(context.Request.BodyReader) { KeyLengthLimit = 64, ValueLengthLimit = RequestLimits.MaxTokenFieldChars, ValueCountLimit = 64 }
                .ReadFormAsync(context.RequestAborted);
        }
        catch (InvalidDataException bad)
        {
            return RegistryError.Unknown(400, $"the form can't be read: {bad.Message}");
        }
        StringValues Field(string name) => form.GetValueOrDefault(name);
        if (Field("grant_type") != "password")
            return RegistryError.Unsupported("grant_type must be 'password': this server gives no refresh tokens", status: 400);
        return await Answer(context, Field("service").ToString(), Field("scope"), new BasicCredentials(Field("username").ToString(), Field("password").ToString()), credentials, decisions, tokens, limits);
    }

    private static IResult Keys(SigningKeys keys) => Results.Json(new
    {
        keys = keys.All.Select(key =>
        {
            var point = key.ECDsa.ExportParameters(includePrivateParameters: false).Q;
            return new { kty = "EC", crv = "P-256", use = "sig", alg = "ES256", kid = key.KeyId, x = WebEncoders.Base64UrlEncode(point.X!), y = WebEncoders.Base64UrlEncode(point.Y!) };
        }),
    });

    private static async Task<IResult> Answer(
        HttpContext context, string service, StringValues scopes, BasicCredentials? basic, Credentials credentials, RegistryDecisions decisions, RegistryTokens tokens,
        RateLimits limits)
    {
        if (service != RegistryTokens.Audience)
            return RegistryError.Unsupported($"service must be '{RegistryTokens.Audience}'", status: 404);
        var asked = scopes.SelectMany(scope => (scope ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToList();
        if (asked.Count > RequestLimits.MaxScopes)
            return RegistryError.Denied($"{asked.Count} scopes in one request; at most {RequestLimits.MaxScopes} are given", status: 400);
        var caller = basic is { } given ? await credentials.Find(given.Username, given.Secret, ClientAddress.Of(context), context.RequestAborted) : Caller.Anonymous;
        if (caller is null)
        {
            await context.LogTokenRefused(basic!.Value.Username);
            return RegistryError.Unauthorized(AccessDenied);
        }
        limits.DemandToken(caller, ClientAddress.Of(context));
        if ((caller.Scopes & TokenScopes.AnyRegistry) == 0)
            return RegistryError.Denied("access forbidden: the token has none of the scopes read_registry and write_registry");
        var grants = await Grant(caller, asked, decisions, context.RequestAborted);
        var catalog = asked.Contains(Challenge.CatalogScope);
        if (caller.IsAnonymous && grants.Count == 0 && !catalog)
            return RegistryError.Denied("access forbidden: log in first (docker login); without it only public projects can be pulled");
        var (token, issuedAt) = tokens.Issue(caller, grants, catalog);
        context.LogTokenIssued(caller, grants);
        return Results.Json(new
        {
            token,
            access_token = token,
            expires_in = RegistryTokens.LifetimeSeconds,
            issued_at = issuedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'"),
        });
    }

    /// <summary>What is granted of what was asked, action by action; the rest is left out, as GitLab does.</summary>
    private static async Task<List<RegistryGrant>> Grant(Caller caller, List<string> scopes, RegistryDecisions decisions, CancellationToken cancellationToken)
    {
        var grants = new List<RegistryGrant>(scopes.Count);
        foreach (var scope in scopes)
        {
            if (!TryParseScope(scope, out var name, out var asked))
                continue;
            var granted = RegistryActions.None;
            ImageTarget? target = null;
            foreach (var action in new[] { RegistryActions.Pull, RegistryActions.Push, RegistryActions.Delete })
            {
                if (!asked.HasFlag(action))
                    continue;
                (target, var decision) = await decisions.Decide(caller, name, action, cancellationToken);
                if (decision.Allowed)
                    granted |= action;
            }
            if (granted != RegistryActions.None)
                grants.Add(RegistryGrant.For(name, target!, granted));
        }
        return grants;
    }

    /// <summary>repository:NAME:ACTION[,ACTION]; but for the catalog, any other type gives nothing.</summary>
    internal static bool TryParseScope(string scope, out RepositoryName name, out RegistryActions actions)
    {
        const string Type = "repository:";
        name = default;
        actions = RegistryActions.None;
        var colon = scope.LastIndexOf(':');
        if (!scope.StartsWith(Type, StringComparison.Ordinal) || colon < Type.Length || !RepositoryName.TryParse(scope.AsSpan(Type.Length..colon), out name))
            return false;
        actions = RegistryActionWords.Parse(scope.AsSpan(colon + 1));
        return actions != RegistryActions.None;
    }
}

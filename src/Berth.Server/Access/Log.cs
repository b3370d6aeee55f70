using Berth.Server.Access.Accounts;
using Berth.Server.Access.Registry;

namespace Berth.Server.Access;

internal static partial class Log
{
    public static void LogTokenIssued(this HttpContext context, Caller caller, IReadOnlyList<RegistryGrant> grants)
    {
        var log = Logger(context);
        if (log.IsEnabled(LogLevel.Information))
            TokenIssued(log, caller.Username, caller.Credential, string.Join(' ', grants.Select(grant => $"{grant.Name}:{string.Join(',', grant.Actions.Words())}")), context.Connection.RemoteIpAddress);
    }

    public static async Task LogTokenRefused(this HttpContext context, string typed) =>
        TokenRefused(Logger(context), await Shown(context, typed), context.Connection.RemoteIpAddress);

    public static void LogSignedIn(this HttpContext context, Caller caller) => SignedIn(Logger(context), caller.Username, context.Connection.RemoteIpAddress);

    public static async Task LogSignInRefused(this HttpContext context, string typed) =>
        SignInRefused(Logger(context), await Shown(context, typed), context.Connection.RemoteIpAddress);

    /// <summary>A user's name. What is none is not shown: people type their password where the name belongs.</summary>
    private static async Task<string> Shown(HttpContext context, string typed) =>
        await context.RequestServices.GetRequiredService<Users>().FindByName(typed, context.RequestAborted) is { } user ? $"'{user.Username}'" : "an unknown user name";

    private static ILogger Logger(HttpContext context) => context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger("Berth.Access");

    [LoggerMessage(Level = LogLevel.Information, Message = "token for '{Username}' ({Credential}) scopes [{Scopes}] from {Address}")]
    private static partial void TokenIssued(ILogger log, string username, string credential, string scopes, System.Net.IPAddress? address);

    [LoggerMessage(Level = LogLevel.Information, Message = "token refused for {Who} from {Address}: wrong, expired or revoked credential")]
    private static partial void TokenRefused(ILogger log, string who, System.Net.IPAddress? address);

    [LoggerMessage(Level = LogLevel.Information, Message = "'{Username}' signed in from {Address}")]
    private static partial void SignedIn(ILogger log, string username, System.Net.IPAddress? address);

    [LoggerMessage(Level = LogLevel.Information, Message = "sign-in refused for {Who} from {Address}: wrong user name or password")]
    private static partial void SignInRefused(ILogger log, string who, System.Net.IPAddress? address);

    [LoggerMessage(Level = LogLevel.Warning, Message = "when {Count} tokens were used could not be written down")]
    public static partial void TokenUsesNotRecorded(this ILogger log, int count, Exception failure);

    [LoggerMessage(Level = LogLevel.Warning, Message = "access token {Id} was used after it had been replaced: its family is revoked")]
    public static partial void TokenFamilyRevoked(this ILogger log, long id);

    [LoggerMessage(Level = LogLevel.Warning, Message = "aliases of old paths could not be removed; the next hour tries again")]
    public static partial void RouteAliasesNotRemoved(this ILogger log, Exception failure);

    [LoggerMessage(Level = LogLevel.Warning, Message = "old audit events could not be removed; the next hour tries again")]
    public static partial void AuditEventsNotRemoved(this ILogger log, Exception failure);

    [LoggerMessage(Level = LogLevel.Information, Message = "made key {Kid} for registry tokens, as the schedule says")]
    public static partial void KeyRotated(this ILogger log, string kid);

    [LoggerMessage(Level = LogLevel.Warning, Message = "the keys of registry tokens could not be read again; those that are known go on")]
    public static partial void KeysNotRead(this ILogger log, Exception failure);

    [LoggerMessage(Level = LogLevel.Warning, Message = "address {Address} is banned for {Minutes} minutes from trying passwords and tokens, after {Failures} wrong ones")]
    public static partial void AddressBanned(this ILogger log, System.Net.IPAddress? address, int failures, int minutes);

    [LoggerMessage(Level = LogLevel.Warning, Message = "a ban could not be written to the audit events")]
    public static partial void BanNotRecorded(this ILogger log, Exception failure);

    [LoggerMessage(Level = LogLevel.Information, Message = "first start: made user 'root' and the server's keys")]
    public static partial void FirstStart(this ILogger log);
}

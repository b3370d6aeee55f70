using System.Collections.Frozen;

namespace Berth.Server.Access;

/// <summary>What an access token may be used for, with GitLab's names. The bits stand in the database.</summary>
[Flags]
internal enum TokenScopes : long
{
    None = 0,
    Api = 1,
    ReadApi = 2,
    ReadRegistry = 4,
    WriteRegistry = 8,
    ReadRepository = 16,
    WriteRepository = 32,
    ReadUser = 64,
    CreateRunner = 128,
    ManageRunner = 256,
    SelfRotate = 512,

    /// <summary>What a password may: everything its user may.</summary>
    All = 1023,

    /// <summary>The scopes of which a credential needs one to get anything from the registry.</summary>
    AnyRegistry = Api | ReadApi | ReadRegistry | WriteRegistry,
}

internal static class TokenScopeNames
{
    private static readonly FrozenDictionary<string, TokenScopes> ByName = new Dictionary<string, TokenScopes>
    {
        ["api"] = TokenScopes.Api,
        ["read_api"] = TokenScopes.ReadApi,
        ["read_registry"] = TokenScopes.ReadRegistry,
        ["write_registry"] = TokenScopes.WriteRegistry,
        ["read_repository"] = TokenScopes.ReadRepository,
        ["write_repository"] = TokenScopes.WriteRepository,
        ["read_user"] = TokenScopes.ReadUser,
        ["create_runner"] = TokenScopes.CreateRunner,
        ["manage_runner"] = TokenScopes.ManageRunner,
        ["self_rotate"] = TokenScopes.SelfRotate,
    }.ToFrozenDictionary();

    public static IEnumerable<string> Known => ByName.Keys.Order(StringComparer.Ordinal);

    public static bool TryParse(string? name, out TokenScopes scope) => ByName.TryGetValue(name ?? "", out scope);

    public static string[] Names(this TokenScopes scopes) =>
        [.. ByName.Where(pair => scopes.HasFlag(pair.Value)).Select(pair => pair.Key).Order(StringComparer.Ordinal)];
}

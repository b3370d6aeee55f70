namespace Berth.Server.Access;

/// <summary>Who asks: a credential as it stands in the database now, and the user behind it.</summary>
internal sealed record Caller(CredentialKind Kind, long CredentialId, long? UserId, string Username, bool IsAdmin, TokenScopes Scopes)
{
    public static readonly Caller Anonymous = new(CredentialKind.Anonymous, 0, null, "", false, TokenScopes.AnyRegistry);

    /// <summary>The credential by kind and id, as 'pat:12': what logs, tag events and upload sessions name. Never a secret.</summary>
    public string Credential { get; } = Kind == CredentialKind.Anonymous ? "anonymous" : $"{Kind.Word()}:{CredentialId}";

    public bool IsAnonymous => Kind == CredentialKind.Anonymous;

    /// <summary>How messages name the caller.</summary>
    public string Name => IsAnonymous ? "an anonymous client" : $"'{Username}'";
}

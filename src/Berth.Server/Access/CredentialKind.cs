namespace Berth.Server.Access;

/// <summary>The kinds of credential. The word stands in tokens, upload sessions, tag events and logs, in front of the id.</summary>
internal enum CredentialKind
{
    Anonymous,

    /// <summary>The id is the user's.</summary>
    Password,

    /// <summary>The id is the token's.</summary>
    PersonalAccessToken,
}

internal static class CredentialKindWords
{
    public static string Word(this CredentialKind kind) => kind switch
    {
        CredentialKind.Anonymous => "anonymous",
        CredentialKind.Password => "password",
        CredentialKind.PersonalAccessToken => "pat",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    public static bool TryParse(ReadOnlySpan<char> word, out CredentialKind kind)
    {
        (var known, kind) = word switch
        {
            "anonymous" => (true, CredentialKind.Anonymous),
            "password" => (true, CredentialKind.Password),
            "pat" => (true, CredentialKind.PersonalAccessToken),
            _ => (false, default),
        };
        return known;
    }
}

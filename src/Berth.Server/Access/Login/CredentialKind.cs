namespace Berth.Server.Access.Login;

/// <summary>The kinds of credential. The word stands in tokens, upload sessions, tag events and logs, in front of the id.</summary>
internal enum CredentialKind
{
    Anonymous,

    /// <summary>The id is the user's.</summary>
    Password,

    /// <summary>The id is the token's.</summary>
    PersonalAccessToken,

    /// <summary>The id is the job's; it counts while the job runs.</summary>
    JobToken,

    /// <summary>The id is the deploy token's.</summary>
    DeployToken,
}

internal static class CredentialKindWords
{
    public static string Word(this CredentialKind kind) => kind switch
    {
        CredentialKind.Anonymous => "anonymous",
        CredentialKind.Password => "password",
        CredentialKind.PersonalAccessToken => "pat",
        CredentialKind.JobToken => "job",
        CredentialKind.DeployToken => "deploy",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    public static bool TryParse(ReadOnlySpan<char> word, out CredentialKind kind)
    {
        (var known, kind) = word switch
        {
            "anonymous" => (true, CredentialKind.Anonymous),
            "password" => (true, CredentialKind.Password),
            "pat" => (true, CredentialKind.PersonalAccessToken),
            "job" => (true, CredentialKind.JobToken),
            "deploy" => (true, CredentialKind.DeployToken),
            _ => (false, default),
        };
        return known;
    }
}

namespace Berth.Tests.Access.Rights;

/// <summary>
/// A row of the table: someone with a credential. <paramref name="Basic"/> is 'name:secret' by the project in which it is used, since a
/// project's own token is another in each; null is nobody.
/// </summary>
internal sealed record RightsCaller(string Credential, string Who, string Scopes, Func<RightsProject, string?> Basic)
{
    /// <summary>Of a person, the namespace of their name; null where there is none.</summary>
    public string? Namespace { get; init; }
}

/// <summary>A column of the table: a project, its visibility and its registry access level.</summary>
internal sealed record RightsProject(int Index, string Path, long Id, string Visibility, string Registry);

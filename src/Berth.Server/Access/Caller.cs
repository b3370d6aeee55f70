using Berth.Server.Access.Login;
using Berth.Server.Access.Places;

namespace Berth.Server.Access;

/// <summary>Who asks: a credential as it stands in the database now, and the user behind it.</summary>
/// <param name="Kind">Of the credential.</param>
/// <param name="CredentialId">Its id among its kind.</param>
/// <param name="UserId">Null for anonymous clients and deploy tokens.</param>
/// <param name="Username">The user's, or the deploy token's own.</param>
/// <param name="IsAdmin">Of the user.</param>
/// <param name="Scopes">Of the credential.</param>
/// <param name="Only">The project or group that a job token or deploy token is for; elsewhere it is an outsider.</param>
internal sealed record Caller(CredentialKind Kind, long CredentialId, long? UserId, string Username, bool IsAdmin, TokenScopes Scopes, Reach? Only = null)
{
    public static readonly Caller Anonymous = new(CredentialKind.Anonymous, 0, null, "", false, TokenScopes.AnyRegistry);

    /// <summary>The credential by kind and id, as 'pat:12': what logs, tag events and upload sessions name. Never a secret.</summary>
    public string Credential { get; } = Kind == CredentialKind.Anonymous ? "anonymous" : $"{Kind.Word()}:{CredentialId}";

    /// <summary>Where the request came from, behind trusted proxies; null where no audit event can follow.</summary>
    public System.Net.IPAddress? Address { get; init; }

    /// <summary>The job whose token this is; null for other credentials.</summary>
    public long? JobId => Kind == CredentialKind.JobToken ? CredentialId : null;

    /// <summary>Whether the user is the bot of a project's or group's token.</summary>
    public bool IsBot { get; init; }

    public bool IsAnonymous => Kind == CredentialKind.Anonymous;

    /// <summary>Whether the credential means nothing in this project, whoever its user is.</summary>
    public bool IsOutsideOf(ProjectFacts project) => Only is { } only && !only.Covers(project) && !IsGuestJobOf(project);

    /// <summary>Whether this is the token of another project's job, which this project lets in: to read, as far as the job's user may.</summary>
    public bool IsGuestJobOf(ProjectFacts project) => JobId is not null && Only is { } own && !own.Covers(project) && (project.LetsAllJobsIn || own.HostIds.Contains(project.Id));

    /// <summary>Whether somebody with an account asks, to whom what is internal is open; a deploy token is nobody's.</summary>
    public bool HasAccount => UserId is not null;

    /// <summary>How messages name the caller.</summary>
    public string Name => IsAnonymous ? "an anonymous client" : $"'{Username}'";
}

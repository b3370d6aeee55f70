using Berth.Oci;
using Berth.Server.Access.Places;
using Berth.Server.Access.Registry;

namespace Berth.Server.Access;

/// <summary>
/// The right to do certain things in one repository: the key to every method that touches a repository's data. Only the
/// authoriser makes it, out of decisions that allowed what it grants.
/// </summary>
internal sealed class RepositoryAccess
{
    private RepositoryAccess(long repositoryId, ProjectFacts project, RepositoryName name, Caller caller, RegistryToken? token, RegistryActions actions) =>
        (RepositoryId, Project, Name, Caller, Token, Actions) = (repositoryId, project, name, caller, token, actions);

    public long RepositoryId { get; }

    public ProjectFacts Project { get; }

    /// <summary>The name as the client gave it, for messages and Location headers.</summary>
    public RepositoryName Name { get; }

    public Caller Caller { get; }

    /// <summary>The token that the caller came with, which narrows what they may; null if they came with the credential itself.</summary>
    public RegistryToken? Token { get; }

    public RegistryActions Actions { get; }

    /// <summary>Makes the access, or throws if the decision refused: asking for it then is a fault of the program.</summary>
    public static RepositoryAccess Grant(Decision decision, RegistryActions action, long repositoryId, ProjectFacts project, RepositoryName name, (Caller Caller, RegistryToken? Token) who) =>
        decision.Allowed
            ? new RepositoryAccess(repositoryId, project, name, who.Caller, who.Token, action)
            : throw new InvalidOperationException("A refused decision opens no repository.");

    /// <summary>The access of this request, put there by the authoriser.</summary>
    public static ValueTask<RepositoryAccess?> BindAsync(HttpContext context) =>
        ValueTask.FromResult(context.Features.Get<RepositoryAccess>());

    /// <summary>Throws if the access lacks <paramref name="action"/>: stores call it first.</summary>
    public void Demand(RegistryActions action)
    {
        if (!Actions.HasFlag(action))
            throw new InvalidOperationException($"A route with access to {Actions} reached for {action}.");
    }
}
